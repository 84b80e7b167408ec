#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

// Watches the container's memory cgroup, v1 or v2, for kills by the kernel.
class OomWatch final : public EventHandler {
 public:
  OomWatch(EventLoop& loop, std::function<void()> on_oom)
      : loop_(loop), on_oom_(std::move(on_oom)) {}
  ~OomWatch() { Stop(); }
  // Folders that may be the cgroup; those that do not exist are skipped.
  void Start(const std::vector<std::string>& folders);
  // Looks once more (the cgroup must still be there) and reports what was not yet.
  void Check();
  void Stop();
  void OnEvent(uint32_t events) override;

 private:
  bool StartV1(const std::string& folder);
  bool StartV2(const std::string& folder);

  EventLoop& loop_;
  std::function<void()> on_oom_;
  std::string counter_path_;
  int64_t seen_ = 0;
  Fd event_fd_;    // v1: eventfd; v2: inotify
  Fd control_fd_;  // v1: memory.oom_control, kept open as the kernel wants it
};

// The value after "oom_kill " in memory.events or memory.oom_control; 0 when absent.
int64_t ParseOomKills(std::string_view text);

}  // namespace buoy::shim
