#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/shim/child.h"
#include "daemon/shim/process_io.h"
#include "daemon/shim/runtime.h"

namespace buoy::shim {

// One additional process in the container, from the runtime's exec to the end of its output.
class Exec {
 public:
  struct Handlers {
    std::function<void()> on_started;                   // pid() is known
    std::function<void(const std::string&)> on_failed;  // the runtime's text; the last call
    std::function<void(int exit_code)> on_exited;       // output drained; the last call
  };

  Exec(EventLoop& loop, Reaper& reaper, Runtime& runtime)
      : loop_(loop), reaper_(reaper), runtime_(runtime), io_(loop) {}
  ~Exec();
  Exec(const Exec&) = delete;
  Exec& operator=(const Exec&) = delete;

  // `name` makes the names of working files. Handlers may destroy the object.
  void Start(const std::string& container_id, const std::string& name,
             const std::string& process_path, ProcessIo::Options io, Handlers handlers);
  // Sends a signal; -errno. Before the start is complete: ESRCH.
  int Signal(int signal);
  void Kill() { Signal(9); }

  ProcessIo& io() { return io_; }
  pid_t pid() const { return pid_; }
  uint64_t start_time() const { return start_time_; }

 private:
  void OnRuntimeDone(const Runtime::Outcome& outcome);
  void Fail(const std::string& text);
  void OnExit(int exit_code);

  EventLoop& loop_;
  Reaper& reaper_;
  Runtime& runtime_;
  ProcessIo io_;
  Handlers handlers_;
  std::string process_path_, pid_path_;
  pid_t pid_ = 0;
  uint64_t start_time_ = 0;
  // Callbacks of children outlive the object.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Field 22 of /proc/PID/stat; 0 when there is no such process.
uint64_t ProcessStartTime(pid_t pid);

}  // namespace buoy::shim
