#pragma once

#include <sys/types.h>

#include <cstdint>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// A process that cannot be confused with a later one of the same pid.
class Pidfd {
 public:
  Pidfd() = default;
  // ESRCH when no such process; with `start_time` (ticks after boot, /proc/PID/stat field 22)
  // non-zero also when the process with that pid is another one.
  static Result<Pidfd> Open(pid_t pid, uint64_t start_time = 0);

  pid_t pid() const { return pid_; }
  int fd() const { return fd_.get(); }
  bool valid() const { return fd_.valid(); }
  // ESRCH when it has ended.
  Status Signal(int signal) const;
  bool Alive() const;

 private:
  pid_t pid_ = 0;
  Fd fd_;
};

// Field 22 of /proc/PID/stat, in clock ticks after boot.
Result<uint64_t> ProcessStartTime(pid_t pid);

}  // namespace buoy
