#pragma once

#include <chrono>
#include <optional>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::server {

// The process's signals as a descriptor. Create it before the first thread: threads inherit the
// blocked mask.
class Signals {
 public:
  // SIGTERM, SIGINT and SIGQUIT (end), SIGHUP (reload), SIGUSR1 (debug), SIGUSR2 (upgrade).
  // SIGPIPE is ignored.
  static Result<Signals> Create();
  // Blocks until one arrives.
  int Wait();
  // Whether one arrives within this time; it is not taken.
  bool Arrives(std::chrono::milliseconds limit) const;

 private:
  explicit Signals(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// "terminated", as Go names a signal in dockerd's log.
const char* SignalText(int signal);

}  // namespace buoy::server
