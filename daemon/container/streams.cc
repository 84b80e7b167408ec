#include "daemon/container/streams.h"

#include <poll.h>

#include "common/json/json.h"
#include "common/loglines/log_reader.h"
#include "common/stream/detach_keys.h"
#include "common/stream/frame.h"

namespace buoy::container {
namespace {

std::string WaitAnswer(const ContainerData& data) {
  types::ContainerWaitResponse response;
  response.status_code = data.exit_code;
  if (!data.error.empty()) response.error = types::WaitExitError{data.error};
  return ToJson(response) + "\n";
}

Status AnswerNow(const ContainerPtr& container, api::Handover& client) {
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyJson));
  return body->Write(WaitAnswer(container->Snapshot()));
}

bool ClientGone(int fd) {
  pollfd poller{fd, POLLRDHUP, 0};
  return poll(&poller, 1, 0) > 0 && (poller.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

bool Readable(int fd) {
  pollfd poller{fd, POLLIN, 0};
  return poll(&poller, 1, 0) > 0;
}

// Without a shim to do it: this thread waits.
Status WaitHere(const ContainerPtr& container, api::WaitCondition condition,
                api::Handover& client) {
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyJson));
  auto done = [&] {
    if (container->removed) return true;
    return condition != api::WaitCondition::kRemoved && !IsRunning(container->data.state);
  };
  while (!container->WaitFor(done, std::chrono::milliseconds(500))) {
    if (ClientGone(client.client_fd())) return Ok();
    if (Readable(client.interrupt_fd())) {
      client.Interrupt("");
      return Ok();
    }
  }
  return body->Write(WaitAnswer(container->Snapshot()));
}

shim::WaitCondition ToShim(api::WaitCondition condition) {
  switch (condition) {
    case api::WaitCondition::kNextExit:
      return shim::WaitCondition::kNextExit;
    case api::WaitCondition::kRemoved:
      return shim::WaitCondition::kRemoved;
    case api::WaitCondition::kNotRunning:
      break;
  }
  return shim::WaitCondition::kNotRunning;
}

// The client's connection is ours once: when the shim has died just now, a new one gets it.
template <class Request>
Status HandOver(Engine& engine, const ContainerPtr& container, api::Handover& client,
                api::StreamKind kind, Request request, bool multiplexed,
                Status (shim::ShimClient::*send)(const Request&, int)) {
  BUOY_TRY(engine.EnsureShim(container));
  BUOY_ASSIGN(api::TakenStream stream, client.Take(kind));
  request.client.read_ahead = std::move(stream.read_ahead);
  request.client.chunked = stream.chunked;
  request.client.multiplexed = multiplexed;
  std::lock_guard shim_lock(container->shim_mutex);
  {
    std::lock_guard lock(container->mutex);
    container->clients_handed_over = true;
  }
  BUOY_ASSIGN(auto shim_client, engine.EnsureShim(container));
  Status sent = (*shim_client.*send)(request, stream.fd.get());
  if (sent.ok() || sent.error().kind() != ErrorKind::kUnavailable) return sent;
  {
    std::lock_guard lock(container->mutex);
    if (container->shim == shim_client) container->shim.reset();
  }
  BUOY_ASSIGN(shim_client, engine.EnsureShim(container));
  return (*shim_client.*send)(request, stream.fd.get());
}

bool HasNoShim(Container& container) {
  std::lock_guard lock(container.mutex);
  return container.unmanaged || (IsRunning(container.data.state) && container.shim == nullptr);
}

class LogSink {
 public:
  LogSink(ByteSink& body, bool multiplexed) : body_(body), multiplexed_(multiplexed) {}
  Status Add(const loglines::LogEntry& entry, const loglines::RenderOptions& render) {
    std::string text;
    loglines::AppendRendered(entry, render, &text);
    if (multiplexed_) {
      auto type = entry.is_stderr ? stream::StreamType::kStderr : stream::StreamType::kStdout;
      stream::AppendFrame(type, text, &buffer_);
    } else {
      buffer_ += text;
    }
    return buffer_.size() >= 64 << 10 ? Flush() : Ok();
  }
  Status Flush() {
    if (buffer_.empty()) return Ok();
    auto written = body_.Write(buffer_);
    buffer_.clear();
    return written;
  }

 private:
  ByteSink& body_;
  const bool multiplexed_;
  std::string buffer_;
};

Status LogsHere(Engine& engine, const ContainerData& data, const api::LogsOptions& options,
                api::Handover& client) {
  const bool tty = data.config.tty;
  BUOY_ASSIGN(ByteSink * body,
              client.Answer(tty ? api::StreamKind::kBodyRaw : api::StreamKind::kBodyMultiplexed));
  loglines::LogReader reader(engine.LogPath(data),
                             {options.since_ns, options.until_ns, options.tail});
  client.FinishAlone();
  LogSink sink(*body, !tty);
  loglines::LogEntry entry;
  while (reader.Next(&entry) == loglines::LogReader::Step::kEntry) {
    if (!entry.known_stream) continue;
    if (entry.is_stderr ? !options.use_stderr : !options.use_stdout) continue;
    // A client that has gone is no error of ours.
    if (!sink.Add(entry, {options.timestamps, options.details}).ok()) return Ok();
  }
  (void)sink.Flush();
  return Ok();
}

}  // namespace

Result<std::string> DetachKeyBytes(const std::string& spec, const std::string& what) {
  if (spec.empty()) return std::string(stream::kDefaultDetachKeys);
  std::string keys, error;
  if (!stream::ParseDetachKeys(spec, &keys, &error)) {
    return InvalidArgument("Invalid " + what + " keys (" + spec + ") provided");
  }
  return keys;
}

Status AttachContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       const api::AttachOptions& options, api::Handover& client) {
  BUOY_ASSIGN(std::string keys, DetachKeyBytes(options.detach_keys, "detach"));
  ContainerData data = container->Snapshot();
  if (data.state == State::kPaused) {
    return Conflict("container " + ref + " is paused, unpause the container before attach");
  }
  if (data.state == State::kRestarting) {
    return Conflict("container " + ref + " is restarting, wait until the container is running");
  }
  if (HasNoShim(*container)) {
    return Unavailable("container " + data.id + " has no supervisor to attach to");
  }
  engine.Publish(data, "attach");
  shim::AttachRequest request;
  request.attach_stdin = options.use_stdin && data.config.open_stdin;
  request.attach_stdout = options.use_stdout;
  request.attach_stderr = options.use_stderr;
  request.logs = options.logs;
  request.stream = options.stream;
  request.detach_keys = keys;
  const bool tty = data.config.tty;
  return HandOver(engine, container, client,
                  tty ? api::StreamKind::kDuplexRaw : api::StreamKind::kDuplexMultiplexed, request,
                  !tty, &shim::ShimClient::Attach);
}

Status WaitContainer(Engine& engine, const ContainerPtr& container, api::WaitCondition condition,
                     api::Handover& client) {
  const bool running = IsRunning(container->state());
  // What was waited for here cannot be handed over in the middle of the answer.
  if (client.continued()) return WaitHere(container, condition, client);
  if (condition == api::WaitCondition::kNotRunning && !running) {
    return AnswerNow(container, client);
  }
  if (HasNoShim(*container)) return WaitHere(container, condition, client);
  shim::WaitRequest request;
  request.condition = ToShim(condition);
  return HandOver(engine, container, client, api::StreamKind::kBodyJson, request, false,
                  &shim::ShimClient::Wait);
}

Status ContainerLogs(Engine& engine, const ContainerPtr& container, const api::LogsOptions& options,
                     api::Handover& client) {
  if (!options.use_stdout && !options.use_stderr) {
    return InvalidArgument("You must choose at least one stream");
  }
  ContainerData data = container->Snapshot();
  if (data.state == State::kRemoving || data.state == State::kDead) {
    return Conflict("can not get logs from container which is dead or marked for removal");
  }
  if (engine.LogPath(data).empty()) {
    return NotImplemented("configured logging driver does not support reading");
  }
  if (!IsRunning(data.state) || HasNoShim(*container)) {
    return LogsHere(engine, data, options, client);
  }
  shim::LogsRequest request;
  request.since = options.since_ns;
  request.until = options.until_ns;
  request.tail = options.tail;
  request.timestamps = options.timestamps;
  request.details = options.details;
  request.want_stdout = options.use_stdout;
  request.want_stderr = options.use_stderr;
  request.follow = options.follow;
  const bool tty = data.config.tty;
  return HandOver(engine, container, client,
                  tty ? api::StreamKind::kBodyRaw : api::StreamKind::kBodyMultiplexed, request,
                  !tty, &shim::ShimClient::Logs);
}

}  // namespace buoy::container
