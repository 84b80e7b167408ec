#include "daemon/container/recovery_plan.h"

namespace buoy::container {
namespace {

bool PolicyStarts(const ContainerData& data, bool ended_with_us) {
  const std::string& name = data.host_config.restart_policy.name;
  if (!data.has_been_started) return false;
  if (name == "always") return true;
  if (name == "unless-stopped") return !data.manually_stopped;
  if (name != "on-failure" || data.manually_stopped) return false;
  const int limit = data.host_config.restart_policy.maximum_retry_count;
  return ended_with_us && data.exit_code != 0 && (limit == 0 || data.restart_count < limit);
}

bool ShimRuns(const Finding& finding) {
  return finding.shim == ShimFinding::kAlive &&
         (finding.phase == shim::Phase::kRunning || finding.phase == shim::Phase::kPaused ||
          finding.phase == shim::Phase::kRestarting || finding.phase == shim::Phase::kCreating);
}

}  // namespace

bool StartsAgain(const ContainerData& data) {
  return !data.manually_stopped && PolicyStarts(data, true);
}

RecoveryPlan PlanRecovery(const Finding& finding, bool live_restore) {
  RecoveryPlan plan;
  const ContainerData& data = finding.data;
  if (data.state == State::kRemoving || data.state == State::kDead) {
    plan.action = RecoveryAction::kFinishRemoval;
    return plan;
  }
  if (finding.shim == ShimFinding::kForeign && finding.same_boot) {
    plan.action = RecoveryAction::kLeaveUnmanaged;
    return plan;
  }
  const bool running =
      ShimRuns(finding) || (IsRunning(data.state) && finding.init_alive && finding.same_boot);
  if (running) {
    if (!live_restore) {
      plan.action = RecoveryAction::kStop;
      plan.start_by_policy = PolicyStarts(data, false);
      plan.auto_remove = data.host_config.auto_remove;
    } else {
      plan.action = ShimRuns(finding) ? RecoveryAction::kAttachShim : RecoveryAction::kAdopt;
    }
    return plan;
  }
  plan.quit_shim = finding.shim == ShimFinding::kAlive;
  const bool ended_unseen = IsRunning(data.state);
  if (ended_unseen) plan.action = RecoveryAction::kMarkExited;
  ContainerData after = data;
  if (ended_unseen) after.exit_code = 255;
  plan.start_by_policy = PolicyStarts(after, ended_unseen);
  plan.auto_remove = data.host_config.auto_remove && data.has_been_started;
  return plan;
}

}  // namespace buoy::container
