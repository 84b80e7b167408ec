#include "daemon/server/successor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/unix/socket.h"

extern char** environ;

namespace buoy::server {
namespace {

constexpr int kChannelFd = 3;
// Between the end of the new daemon's connection and its exit.
constexpr int kExitPatienceMs = 2'000;

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> Spawn(const std::string& program, const std::vector<std::string>& arguments,
                    int channel) {
  std::vector<std::string> argv = {program};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  environment.push_back(std::string(kHandoverVariable) + "=" + std::to_string(kChannelFd));
  // A source above the target, or dup2 of an fd onto itself would keep close-on-exec.
  const Fd source(fcntl(channel, F_DUPFD_CLOEXEC, kChannelFd + 1));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, source.get(), kChannelFd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), &actions, &attributes, Pointers(argv).data(),
                                Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoError("start " + program, error);
  return pid;
}

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) return "exited with status " + std::to_string(WEXITSTATUS(status));
  return "was killed by signal " + std::to_string(WTERMSIG(status)) + " (" +
         strsignal(WTERMSIG(status)) + ")";
}

}  // namespace

Result<std::unique_ptr<Successor>> Successor::Start(const std::string& program,
                                                    const std::vector<std::string>& arguments) {
  BUOY_ASSIGN(FdPair pair, SocketPair(SOCK_SEQPACKET));
  BUOY_ASSIGN(const pid_t pid, Spawn(program, arguments, pair.second.get()));
  pair.second.reset();
  auto process = Pidfd::Open(pid);
  if (!process.ok()) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return std::move(process).error();
  }
  return std::unique_ptr<Successor>(
      new Successor(std::make_unique<HandoverChannel>(std::move(pair.first)), *std::move(process)));
}

Successor::~Successor() {
  if (!committed_) Kill();
}

void Successor::Kill() {
  if (ended_) return;
  (void)process_.Signal(SIGKILL);
  while (waitpid(process_.pid(), nullptr, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
}

Error Successor::Explain(Error error) {
  if (error.sys_errno() == ETIMEDOUT) return error;
  pollfd poller{process_.fd(), POLLIN, 0};
  if (ended_ || poll(&poller, 1, kExitPatienceMs) <= 0) return error;
  int status = 0;
  if (waitpid(process_.pid(), &status, 0) != process_.pid()) return error;
  ended_ = true;
  // What it said itself is better.
  if (error.sys_errno() != ECONNRESET && error.sys_errno() != EPIPE) return error;
  return Unavailable("the new daemon " + HowItEnded(status));
}

Result<HandoverPrepared> Successor::Prepare(const std::vector<Inherited>& listeners,
                                            Deadline deadline) {
  HandoverBegin begin;
  begin.pid = getpid();
  std::vector<int> fds;
  for (const Inherited& listener : listeners) {
    begin.addresses.push_back(listener.address);
    fds.push_back(listener.fd.get());
  }
  if (auto sent = channel_->Send(begin, fds); !sent.ok()) return Explain(std::move(sent).error());
  auto prepared = channel_->Expect<HandoverPrepared>(deadline);
  if (!prepared.ok()) return Explain(std::move(prepared).error());
  if (prepared->major != kHandoverMajor) {
    return NotImplemented("the new daemon takes over by another protocol (" +
                          std::to_string(prepared->major) + "): restart the daemon instead");
  }
  return prepared;
}

Status Successor::TakeOver(int lock_fd, Deadline deadline) {
  auto sent = channel_->Send(HandoverGo(), {lock_fd});
  if (!sent.ok()) return Explain(std::move(sent).error());
  auto ready = channel_->Expect<HandoverReady>(deadline);
  if (!ready.ok()) return Explain(std::move(ready).error());
  return Ok();
}

Status Successor::Commit() {
  auto sent = channel_->Send(HandoverCommit());
  if (!sent.ok()) return Explain(std::move(sent).error());
  committed_ = true;
  return Ok();
}

void Successor::Give(api::Engine::Handed connection) {
  HandoverConnection message;
  message.read_ahead = std::move(connection.read_ahead);
  message.head = std::move(connection.head);
  message.cursor = std::move(connection.cursor);
  // Without a successor the client sees its connection closed, as by any crash.
  (void)channel_->Send(message, {connection.fd.get()});
}

Status Successor::AwaitServing(Deadline deadline) {
  auto sent = channel_->Send(HandoverEnd());
  if (!sent.ok()) return Explain(std::move(sent).error());
  auto serving = channel_->Expect<HandoverServing>(deadline);
  if (!serving.ok()) return Explain(std::move(serving).error());
  return Ok();
}

}  // namespace buoy::server
