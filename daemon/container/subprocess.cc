#include "daemon/container/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include "common/unix/socket.h"

extern char** environ;

namespace buoy::container {
namespace {

// False at the end of the pipe.
bool Drain(int fd, std::string& into) {
  char buffer[16 << 10];
  ssize_t n = read(fd, buffer, sizeof buffer);
  if (n < 0) return errno == EINTR;
  into.append(buffer, static_cast<size_t>(n));
  return n > 0;
}

void ReadBoth(Fd out, Fd err, CommandOutput& output) {
  while (out.valid() || err.valid()) {
    pollfd pollers[2] = {{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
    if (poll(pollers, 2, -1) < 0 && errno != EINTR) return;
    if (out.valid() && pollers[0].revents != 0 && !Drain(out.get(), output.out)) out.reset();
    if (err.valid() && pollers[1].revents != 0 && !Drain(err.get(), output.err)) err.reset();
  }
}

}  // namespace

Result<CommandOutput> RunCommand(const std::vector<std::string>& argv) {
  BUOY_ASSIGN(FdPair out, Pipe());
  BUOY_ASSIGN(FdPair err, Pipe());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.second.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.second.get(), 2);
  std::vector<char*> args;
  for (const auto& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  pid_t pid = 0;
  int failed = posix_spawnp(&pid, args[0], &actions, nullptr, args.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return ErrnoError("exec: \"" + argv[0] + "\"", failed);
  }
  out.second.reset();
  err.second.reset();
  CommandOutput output;
  ReadBoth(std::move(out.first), std::move(err.first), output);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoError("wait for " + argv[0]);
  }
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return output;
}

}  // namespace buoy::container
