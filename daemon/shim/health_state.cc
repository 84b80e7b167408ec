#include "daemon/shim/health_state.h"

#include "daemon/shim/clock.h"

namespace buoy::shim {

namespace {
constexpr size_t kMaxResults = 5;
}

HealthConfig WithHealthDefaults(HealthConfig config) {
  if (config.interval == 0) config.interval = 30 * kSecond;
  if (config.timeout == 0) config.timeout = 30 * kSecond;
  if (config.start_interval == 0) config.start_interval = 5 * kSecond;
  if (config.retries == 0) config.retries = 3;
  return config;
}

Health InitialHealth() {
  Health health;
  health.status = HealthStatus::kStarting;
  return health;
}

bool ApplyProbe(const HealthConfig& config, int64_t started_at, const HealthResult& result,
                Health* health) {
  const HealthStatus before = health->status;
  health->log.push_back(result);
  if (health->log.size() > kMaxResults) health->log.erase(health->log.begin());
  if (result.exit_code == 0) {
    health->failing_streak = 0;
    health->status = HealthStatus::kHealthy;
    return health->status != before;
  }
  // Failures within the start period do not count as long as it has never been healthy.
  const bool forgiven =
      health->status == HealthStatus::kStarting && result.start - started_at < config.start_period;
  if (!forgiven && ++health->failing_streak >= static_cast<int32_t>(config.retries)) {
    health->status = HealthStatus::kUnhealthy;
  }
  return health->status != before;
}

int64_t ProbeInterval(const HealthConfig& config, HealthStatus status, int64_t since_start) {
  const bool starting = status == HealthStatus::kStarting && since_start < config.start_period;
  return starting ? config.start_interval : config.interval;
}

}  // namespace buoy::shim
