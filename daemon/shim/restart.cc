#include "daemon/shim/restart.h"

#include <algorithm>

#include "daemon/shim/clock.h"

namespace buoy::shim {

namespace {

constexpr int64_t kFirstDelay = 100 * kMillisecond;
constexpr int64_t kLongestDelay = 60 * kSecond;
constexpr int64_t kGoodRun = 10 * kSecond;

bool PolicyWants(const RestartPolicy& policy, const RestartInput& input) {
  // A stop or kill by the user cancels every policy, as Docker's restart manager is cancelled.
  if (input.cancelled) return false;
  if (policy.name == "always") return true;
  if (policy.name == "unless-stopped") return !input.manually_stopped;
  if (policy.name != "on-failure" || input.exit_code == 0) return false;
  return policy.max_retries == 0 || input.restart_count < policy.max_retries;
}

}  // namespace

RestartDecision NextRestart(const RestartPolicy& policy, const RestartInput& input) {
  RestartDecision decision;
  decision.delay = input.run_time >= kGoodRun || input.delay == 0
                       ? kFirstDelay
                       : std::min(input.delay * 2, kLongestDelay);
  decision.restart = PolicyWants(policy, input);
  decision.restart_count = input.restart_count + (decision.restart ? 1 : 0);
  return decision;
}

}  // namespace buoy::shim
