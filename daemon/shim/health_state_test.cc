#include "daemon/shim/health_state.h"

#include <gtest/gtest.h>

#include "daemon/shim/clock.h"

namespace buoy::shim {
namespace {

HealthResult At(int64_t seconds, int code) {
  return {.start = seconds * kSecond, .end = seconds * kSecond + 1, .exit_code = code};
}

TEST(Health, DefaultsAreDockers) {
  const HealthConfig config = WithHealthDefaults({});
  EXPECT_EQ(config.interval, 30 * kSecond);
  EXPECT_EQ(config.timeout, 30 * kSecond);
  EXPECT_EQ(config.start_period, 0);
  EXPECT_EQ(config.start_interval, 5 * kSecond);
  EXPECT_EQ(config.retries, 3u);
}

TEST(Health, UnhealthyAfterRetriesAndBack) {
  const HealthConfig config = WithHealthDefaults({});
  Health health = InitialHealth();
  EXPECT_FALSE(ApplyProbe(config, 0, At(1, 1), &health));
  EXPECT_FALSE(ApplyProbe(config, 0, At(2, -1), &health));
  EXPECT_EQ(health.status, HealthStatus::kStarting);
  EXPECT_TRUE(ApplyProbe(config, 0, At(3, 1), &health));
  EXPECT_EQ(health.status, HealthStatus::kUnhealthy);
  EXPECT_EQ(health.failing_streak, 3);
  EXPECT_FALSE(ApplyProbe(config, 0, At(4, 1), &health));
  EXPECT_EQ(health.failing_streak, 4);
  EXPECT_TRUE(ApplyProbe(config, 0, At(5, 0), &health));
  EXPECT_EQ(health.status, HealthStatus::kHealthy);
  EXPECT_EQ(health.failing_streak, 0);
  EXPECT_FALSE(ApplyProbe(config, 0, At(6, 1), &health));
  EXPECT_EQ(health.status, HealthStatus::kHealthy);
  ASSERT_EQ(health.log.size(), 5u);
  EXPECT_EQ(health.log.front().start, 2 * kSecond);
  EXPECT_EQ(health.log.back().start, 6 * kSecond);
}

TEST(Health, StartPeriodForgivesUntilFirstSuccess) {
  HealthConfig config = WithHealthDefaults({.start_period = 10 * kSecond, .retries = 1});
  Health health = InitialHealth();
  ApplyProbe(config, 0, At(5, 1), &health);
  EXPECT_EQ(health.failing_streak, 0);
  EXPECT_EQ(health.status, HealthStatus::kStarting);
  ApplyProbe(config, 0, At(6, 0), &health);
  EXPECT_TRUE(ApplyProbe(config, 0, At(7, 1), &health));
  EXPECT_EQ(health.status, HealthStatus::kUnhealthy);
  health = InitialHealth();
  EXPECT_TRUE(ApplyProbe(config, 0, At(10, 1), &health));
}

TEST(Health, IntervalDependsOnStartPeriod) {
  const HealthConfig config = WithHealthDefaults({.start_period = 10 * kSecond});
  EXPECT_EQ(ProbeInterval(config, HealthStatus::kStarting, 9 * kSecond), 5 * kSecond);
  EXPECT_EQ(ProbeInterval(config, HealthStatus::kStarting, 10 * kSecond), 30 * kSecond);
  EXPECT_EQ(ProbeInterval(config, HealthStatus::kHealthy, kSecond), 30 * kSecond);
}

}  // namespace
}  // namespace buoy::shim
