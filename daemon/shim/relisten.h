#pragma once

#include <string>

#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

// SIGUSR1 from the daemon: the socket's file is gone, since somebody wiped the run directory.
class RelistenSignal final : public EventHandler {
 public:
  explicit RelistenSignal(std::function<void()> on_signal) : on_signal_(std::move(on_signal)) {}
  // At the start of the process, for its default action is to end it; children get an empty mask.
  static void Block();
  // False = the kernel has no descriptor for the signal.
  bool Watch(EventLoop& loop);
  void OnEvent(uint32_t events) override;

 private:
  std::function<void()> on_signal_;
  Fd fd_;
};

// A listening SEQPACKET socket at `path`, in place of what is there; invalid on failure (errno).
Fd ListenAt(const std::string& path);

}  // namespace buoy::shim
