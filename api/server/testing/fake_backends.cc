#include "api/server/testing/fake_backends.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/unix/socket.h"

namespace buoy::api {

Status FakeContainers::Wait(const std::string& ref, WaitCondition, Handover& client) {
  BUOY_TRY(Known(ref));
  BUOY_ASSIGN(ByteSink * out, client.Answer(StreamKind::kBodyJson));
  ++waiting;
  while (!released) {
    pollfd entry{client.client_fd(), POLLRDHUP, 0};
    if (poll(&entry, 1, 5) > 0) {
      ++gone;
      --waiting;
      return Ok();
    }
  }
  --waiting;
  return out->Write("{\"StatusCode\":0}\n");
}

Status FakeContainers::Attach(const std::string& ref, const AttachOptions&, Handover& client) {
  BUOY_TRY(Known(ref));
  BUOY_ASSIGN(TakenStream taken, client.Take(StreamKind::kDuplexMultiplexed));
  std::lock_guard lock(mutex);
  echoes_.emplace_back([taken = std::move(taken)] {
    (void)WriteAll(taken.fd.get(), taken.read_ahead);
    char buffer[65536];
    ssize_t got;
    while ((got = read(taken.fd.get(), buffer, sizeof buffer)) > 0) {
      if (!WriteAll(taken.fd.get(), {buffer, static_cast<size_t>(got)}).ok()) return;
    }
    (void)WriteAll(taken.fd.get(), "end of input");
  });
  return Ok();
}

FakeContainers::~FakeContainers() {
  for (auto& echo : echoes_) echo.join();
}

Status FakeContainers::Logs(const std::string& ref, const LogsOptions& options, Handover& client) {
  BUOY_TRY(Known(ref));
  if (options.follow) {
    BUOY_ASSIGN(TakenStream taken, client.Take(StreamKind::kBodyMultiplexed));
    return WriteAll(taken.fd.get(), taken.chunked ? "5\r\nhello\r\n0\r\n\r\n" : "hello");
  }
  BUOY_ASSIGN(ByteSink * out, client.Answer(StreamKind::kBodyRaw));
  BUOY_TRY(out->Write("one"));
  return out->Write("two");
}

Status FakeContainers::Export(const std::string&, Handover& client) {
  BUOY_ASSIGN(ByteSink * out, client.Answer(StreamKind::kBodyTar));
  BUOY_TRY(out->Write("half a tar"));
  return Internal("the disk is gone");
}

Status FakeContainers::PutArchive(const std::string&, const std::string& path, ByteSource& tar,
                                  bool, bool) {
  if (path == "/refuse") return InvalidArgument("refused before reading");
  std::string buffer(256 * 1024, '\0');
  while (true) {
    BUOY_ASSIGN(size_t got, tar.Read(buffer));
    if (got == 0) return Ok();
    uploaded += got;
  }
}

Status FakeImages::Load(ByteSource& tar, bool, const std::string&, const ProgressSink& progress) {
  BUOY_ASSIGN(std::string text, ReadAll(tar));
  if (text == "bad") return InvalidArgument("archive/tar: invalid tar header");
  return progress("{\"stream\":\"Loaded image: busybox:latest\\n\"}");
}

Status FakeImages::Save(const std::vector<std::string>& refs, const std::string&,
                        const std::function<Result<ByteSink*>()>& begin) {
  for (const auto& ref : refs) {
    if (ref == "missing") return NotFound("No such image: missing");
  }
  BUOY_ASSIGN(ByteSink * out, begin());
  return out->Write("tar of " + std::to_string(refs.size()));
}

Status FakeImages::Pull(const ImagePullOptions& options, const ProgressSink& progress) {
  pulled = options;
  if (options.reference == "early") return NotFound("pull access denied for early");
  BUOY_TRY(progress("{\"status\":\"Pulling from library/busybox\",\"id\":\"latest\"}"));
  if (options.reference == "late") return NotFound("manifest unknown");
  return Ok();
}

Status FakeDaemon::Start(const std::string& socket_path, EngineOptions engine) {
  ApiServerOptions options;
  options.router.server_version = "0.1";
  options.engine = std::move(engine);
  BUOY_ASSIGN(server,
              ApiServer::Create(
                  {&containers, &images, &networks, &volumes, &system, &upgrade, &swarm}, options));
  BUOY_ASSIGN(Fd socket, ListenUnix(socket_path, SOCK_STREAM));
  BUOY_TRY(server->engine().AddListener(std::move(socket)));
  return server->engine().Start();
}

}  // namespace buoy::api
