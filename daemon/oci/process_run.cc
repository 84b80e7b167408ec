#include "daemon/oci/process_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "common/unix/socket.h"

namespace buoy::oci {
namespace {

constexpr size_t kMaxOutput = 64u << 10;

int64_t NowMs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Result<pid_t> Spawn(const std::vector<std::string>& command, int output) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  pid_t pid = 0;
  int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return ErrnoError("fork/exec " + command[0], error);
  return pid;
}

// Reads until the end or the deadline; true = the end.
bool Collect(int fd, int64_t deadline, std::string& output) {
  char buffer[4096];
  while (true) {
    int64_t left = deadline - NowMs();
    if (left <= 0) return false;
    pollfd event{fd, POLLIN, 0};
    int ready = poll(&event, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return true;
    if (output.size() < kMaxOutput) output.append(buffer, static_cast<size_t>(n));
  }
}

}  // namespace

Result<CommandResult> RunCommand(const std::vector<std::string>& command, int timeout_ms) {
  BUOY_ASSIGN(FdPair pipe, Pipe());
  BUOY_ASSIGN(pid_t pid, Spawn(command, pipe.second.get()));
  pipe.second.reset();
  CommandResult result;
  bool ended = Collect(pipe.first.get(), NowMs() + timeout_ms, result.output);
  if (!ended) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) return Internal(command[0] + " did not end in time");
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace buoy::oci
