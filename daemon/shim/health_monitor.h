#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/shim_protocol/types.h"
#include "daemon/shim/exec.h"

namespace buoy::shim {

// Runs the health check of a running container and keeps its state.
class HealthMonitor {
 public:
  HealthMonitor(EventLoop& loop, Reaper& reaper, Runtime& runtime, std::function<void()> on_change)
      : loop_(loop), reaper_(reaper), runtime_(runtime), on_change_(std::move(on_change)) {}
  ~HealthMonitor() { Stop(); }

  // A run of the container begins: the state starts anew, the log of the last probes stays.
  void Start(const HealthConfig& config, const std::string& container_id);
  // The container has ended; the state stays readable.
  void Stop();
  void SetPaused(bool paused);
  const Health& health() const { return health_; }

 private:
  void Schedule();
  void Probe();
  void OnOutput(std::string_view data);
  void OnTimeout();
  void Finish(int exit_code, const std::string& output);

  EventLoop& loop_;
  Reaper& reaper_;
  Runtime& runtime_;
  std::function<void()> on_change_;
  HealthConfig config_;
  std::string container_id_;
  int64_t started_clock_ = 0;  // like the next of the monotonic clock, which cannot jump
  int64_t probe_clock_ = 0;
  Health health_;
  bool running_ = false;
  bool paused_ = false;
  EventLoop::TimerId next_timer_ = EventLoop::kNoTimer;
  EventLoop::TimerId timeout_timer_ = EventLoop::kNoTimer;
  std::unique_ptr<Exec> probe_;
  int64_t probe_start_ = 0;
  std::string output_;
  bool truncated_ = false;
  bool timed_out_ = false;
};

}  // namespace buoy::shim
