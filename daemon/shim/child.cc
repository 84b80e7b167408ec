#include "daemon/shim/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

// Runs in the vfork child: system calls only. Returns only on failure, with errno.
int ExecChild(const SpawnSpec& spec, char* const* argv, int null_fd) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < 32; number++) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // The shim protects itself from the OOM killer; what it starts is not protected.
  const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) {
    if (write(score, "0", 1) < 0) errno = 0;
    close(score);
  }
  const int from[3] = {spec.stdin_fd, spec.stdout_fd, spec.stderr_fd};
  // The sources are above 2 (main keeps 0-2 occupied), so no dup2 hits a later source.
  for (int to = 0; to < 3; to++) {
    if (dup2(from[to] >= 0 ? from[to] : null_fd, to) < 0) return errno;
  }
  if (spec.program_fd >= 0) execveat(spec.program_fd, "", argv, environ, AT_EMPTY_PATH);
  execvp(argv[0], argv);
  return errno;
}

}  // namespace

int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool Reaper::Init() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, nullptr);
  signal_fd_.reset(signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signal_fd_) return false;
  loop_.Watch(signal_fd_.get(), EPOLLIN, this);
  return true;
}

pid_t Reaper::Spawn(const SpawnSpec& spec, ExitHandler on_exit) {
  std::vector<char*> argv;
  for (const std::string& argument : spec.argv) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const Fd null_fd(open("/dev/null", O_RDWR | O_CLOEXEC));
  volatile int failed = 0;
  const pid_t pid = vfork();
  if (pid == 0) {
    failed = ExecChild(spec, argv.data(), null_fd.get());
    _exit(127);
  }
  if (pid < 0) return -errno;
  if (failed != 0) {
    waitpid(pid, nullptr, 0);
    return -failed;
  }
  entries_.push_back({pid, std::move(on_exit)});
  return pid;
}

pid_t Reaper::Fork(const std::function<int()>& work, ExitHandler on_exit) {
  const pid_t pid = fork();
  if (pid == 0) _exit(work());
  if (pid > 0) entries_.push_back({pid, std::move(on_exit)});
  return pid;
}

void Reaper::Adopt(pid_t pid, ExitHandler on_exit) {
  int status = 0;
  pid_t got = waitpid(pid, &status, WNOHANG);
  for (size_t i = 0; got != pid && i < unknown_.size(); i++) {
    if (unknown_[i].pid != pid) continue;
    got = pid;
    status = unknown_[i].status;
    unknown_.erase(unknown_.begin() + static_cast<long>(i));
    break;
  }
  // Not a child yet: crun reports through a process that answers for a helper, and the helper,
  // whose child this is, may still be on its way out. When it ends the kernel gives the child to
  // us, dead or alive.
  if (got != pid && kill(pid, 0) == 0) got = 0;
  if (got == 0) {
    entries_.push_back({pid, std::move(on_exit)});
    return;
  }
  loop_.Defer([on_exit = std::move(on_exit), status] { on_exit(status); });
}

void Reaper::ReleaseUnknown() {
  if (--holds_ == 0) unknown_.clear();
}

void Reaper::OnEvent(uint32_t) {
  struct signalfd_siginfo info;
  while (read(signal_fd_.get(), &info, sizeof info) > 0) {
  }
  Reap();
}

void Reaper::Reap() {
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    ExitHandler handler;
    for (size_t i = 0; i < entries_.size(); i++) {
      if (entries_[i].pid != pid) continue;
      handler = std::move(entries_[i].on_exit);
      entries_.erase(entries_.begin() + static_cast<long>(i));
      break;
    }
    if (handler) {
      handler(status);
    } else if (holds_ > 0) {
      unknown_.push_back({pid, status});
    }
  }
}

}  // namespace buoy::shim
