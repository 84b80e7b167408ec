#include "daemon/shim/health_monitor.h"

#include <algorithm>
#include <utility>

#include "daemon/shim/clock.h"
#include "daemon/shim/health_state.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
constexpr size_t kMaxOutput = 4096;
// How long the runtime may take to start the probe; that does not count as the probe's own time.
constexpr int64_t kStartLimit = 30 * kSecond;
}  // namespace

void HealthMonitor::Start(const HealthConfig& config, const std::string& container_id) {
  Stop();
  auto log = std::move(health_.log);
  health_ = Health();
  if (!config.enabled) return;
  config_ = WithHealthDefaults(config);
  container_id_ = container_id;
  started_clock_ = MonotonicNow();
  health_ = InitialHealth();
  health_.log = std::move(log);
  running_ = true;
  paused_ = false;
  on_change_();
  Schedule();
}

void HealthMonitor::Stop() {
  loop_.Cancel(&next_timer_);
  loop_.Cancel(&timeout_timer_);
  if (probe_ != nullptr) probe_->Kill();
  probe_.reset();
  running_ = false;
}

void HealthMonitor::SetPaused(bool paused) {
  if (!running_ || paused == paused_) return;
  paused_ = paused;
  if (paused) {
    loop_.Cancel(&next_timer_);
  } else if (probe_ == nullptr) {
    Schedule();
  }
}

void HealthMonitor::Schedule() {
  const int64_t interval = ProbeInterval(config_, health_.status, MonotonicNow() - started_clock_);
  loop_.Cancel(&next_timer_);
  next_timer_ = loop_.After(interval, [this] {
    next_timer_ = EventLoop::kNoTimer;
    Probe();
  });
}

void HealthMonitor::Probe() {
  probe_start_ = WallNow();
  probe_clock_ = MonotonicNow();
  output_.clear();
  truncated_ = timed_out_ = false;
  probe_ = std::make_unique<Exec>(loop_, reaper_, runtime_);
  probe_->io().SetTap([this](bool, std::string_view data) { OnOutput(data); });
  Exec::Handlers handlers;
  handlers.on_started = [this] {
    loop_.Cancel(&timeout_timer_);
    timeout_timer_ = loop_.After(config_.timeout, [this] { OnTimeout(); });
  };
  handlers.on_failed = [this](const std::string& text) {
    Finish(-1, "OCI runtime exec failed: " + text + ": unknown");
  };
  handlers.on_exited = [this](int exit_code) {
    std::string output = output_ + (truncated_ ? "..." : "");
    if (timed_out_) {
      exit_code = -1;
      output = "Health check exceeded timeout (" + DurationText(config_.timeout) + ")" +
               (output.empty() ? "" : ": " + output);
    }
    Finish(exit_code, output);
  };
  timeout_timer_ = loop_.After(kStartLimit, [this] {
    Finish(-1, "timed out starting health check for container " + container_id_);
  });
  probe_->Start(container_id_, "health", config_.process_path, {}, std::move(handlers));
}

void HealthMonitor::OnOutput(std::string_view data) {
  const size_t room = kMaxOutput - output_.size();
  output_.append(data.data(), std::min(room, data.size()));
  truncated_ = truncated_ || data.size() > room;
}

void HealthMonitor::OnTimeout() {
  timeout_timer_ = EventLoop::kNoTimer;
  timed_out_ = true;
  if (probe_ != nullptr) probe_->Kill();
}

void HealthMonitor::Finish(int exit_code, const std::string& output) {
  loop_.Cancel(&timeout_timer_);
  // The handler that is running belongs to the probe.
  if (probe_ != nullptr) {
    probe_->Kill();
    Exec* done = probe_.release();
    loop_.Defer([done] { delete done; });
  }
  HealthResult result;
  result.start = probe_start_;
  result.end = WallNow();
  result.exit_code = exit_code;
  result.output = output;
  // The start as the probe's wall clock would have had it.
  const int64_t started_at = probe_start_ - (probe_clock_ - started_clock_);
  if (ApplyProbe(config_, started_at, result, &health_)) on_change_();
  if (!paused_) Schedule();
}

}  // namespace buoy::shim
