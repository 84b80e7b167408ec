#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

struct SpawnSpec {
  std::vector<std::string> argv;  // argv[0] is a path, or found in PATH
  int stdin_fd = -1;              // -1 = /dev/null
  int stdout_fd = -1;
  int stderr_fd = -1;
  int program_fd = -1;  // executed instead of argv[0], when it can be
};

// Starts and reaps every child of the shim, adopted ones included.
class Reaper : public EventHandler {
 public:
  using ExitHandler = std::function<void(int wait_status)>;

  explicit Reaper(EventLoop& loop) : loop_(loop) {}
  // Blocks SIGCHLD; children get an empty mask and default actions back.
  bool Init();
  // The pid, or -errno (also when the program cannot be executed).
  pid_t Spawn(const SpawnSpec& spec, ExitHandler on_exit);
  // fork() of the shim itself; `work` runs in the child, its result is the exit code.
  pid_t Fork(const std::function<int()>& work, ExitHandler on_exit);
  // Waits for a process that the shim is, or was, about to adopt. If it has ended already, the
  // handler is called soon.
  void Adopt(pid_t pid, ExitHandler on_exit);
  // Runs the action when the current event is done.
  void Later(std::function<void()> action) { loop_.Defer(std::move(action)); }
  // While held (counted), the ends of unknown processes are remembered for Adopt.
  void HoldUnknown() { holds_++; }
  void ReleaseUnknown();

  void OnEvent(uint32_t events) override;

 private:
  struct Entry {
    pid_t pid;
    ExitHandler on_exit;
  };
  struct Ended {
    pid_t pid;
    int status;
  };
  void Reap();

  EventLoop& loop_;
  Fd signal_fd_;
  std::vector<Entry> entries_;
  std::vector<Ended> unknown_;
  int holds_ = 0;
};

// The code that Docker shows: the exit code, or 128 + the signal.
int ExitCode(int wait_status);

}  // namespace buoy::shim
