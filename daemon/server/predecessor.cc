#include "daemon/server/predecessor.h"

#include <fcntl.h>

#include <cstdlib>

#include "daemon/logging/log.h"

namespace buoy::server {
namespace {

constexpr auto kBeginPatience = std::chrono::seconds(30);
constexpr auto kForEver = HandoverChannel::Clock::time_point::max();

}  // namespace

Result<std::unique_ptr<Predecessor>> Predecessor::FromEnvironment() {
  const char* text = std::getenv(kHandoverVariable);
  if (text == nullptr) return std::unique_ptr<Predecessor>();
  Fd fd(std::atoi(text));
  unsetenv(kHandoverVariable);
  if (fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0) return ErrnoError(kHandoverVariable);
  std::unique_ptr<Predecessor> made(
      new Predecessor(std::make_unique<HandoverChannel>(std::move(fd))));
  std::vector<Fd> fds;
  BUOY_ASSIGN(HandoverBegin begin, made->channel_->Expect<HandoverBegin>(
                                       HandoverChannel::Clock::now() + kBeginPatience, &fds));
  made->pid_ = begin.pid;
  if (begin.major != kHandoverMajor || fds.size() != begin.addresses.size()) {
    const std::string reason = "the running daemon hands over by another protocol (" +
                               std::to_string(begin.major) + "): restart the daemon instead";
    made->Refuse(reason);
    return NotImplemented(reason);
  }
  for (size_t i = 0; i < fds.size(); ++i) {
    made->listeners_.push_back({begin.addresses[i], std::move(fds[i])});
  }
  return made;
}

Predecessor::~Predecessor() {
  channel_->Shutdown();
  if (adopter_.joinable()) adopter_.join();
}

void Predecessor::Refuse(const std::string& error) {
  HandoverFailed failed;
  failed.error = error;
  (void)channel_->Send(failed);
}

Result<Fd> Predecessor::AwaitState(const std::string& version, int schema) {
  HandoverPrepared prepared;
  prepared.version = version;
  prepared.schema = schema;
  BUOY_TRY(channel_->Send(prepared));
  std::vector<Fd> fds;
  BUOY_TRY_CONTEXT(channel_->Expect<HandoverGo>(kForEver, &fds), "the upgrade was given up");
  if (fds.size() != 1) return Internal("the old daemon did not hand its lock over");
  return std::move(fds[0]);
}

Status Predecessor::AwaitCommit() {
  (void)channel_->Send(HandoverReady());
  auto commit = channel_->Expect<HandoverCommit>(kForEver);
  if (!commit.ok()) {
    log::Warn("the old daemon has gone during the upgrade: its clients' connections are lost",
              {{"error", commit.error().message()}});
  }
  return Ok();
}

void Predecessor::AdoptConnections(api::Engine& engine) {
  adopter_ = std::thread([this, &engine] { Adopt(engine); });
}

void Predecessor::Adopt(api::Engine& engine) {
  for (;;) {
    auto message = channel_->Receive(kForEver);
    if (!message.ok()) return;
    if (message->type == HandoverEnd::kType) {
      (void)channel_->Send(HandoverServing());
      continue;
    }
    HandoverConnection connection;
    if (message->type != HandoverConnection::kType || message->fds.size() != 1 ||
        !shim::DecodeFields(message->body, &connection)) {
      continue;
    }
    engine.Adopt({std::move(message->fds[0]), std::move(connection.read_ahead),
                  std::move(connection.head), std::move(connection.cursor)});
  }
}

}  // namespace buoy::server
