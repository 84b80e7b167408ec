#include "daemon/container/recovery_plan.h"

#include <gtest/gtest.h>

namespace buoy::container {
namespace {

struct Case {
  const char* name;
  State state;
  ShimFinding shim;
  shim::Phase phase;
  bool init_alive, same_boot, live_restore;
  const char* policy;
  int exit_code;
  bool manually_stopped, auto_remove;
  RecoveryAction action;
  bool start, remove, quit;
};

class RecoveryPlanTest : public testing::TestWithParam<Case> {};

TEST_P(RecoveryPlanTest, Plan) {
  const Case& c = GetParam();
  Finding finding;
  finding.data.state = c.state;
  finding.data.has_been_started = c.state != State::kCreated;
  finding.data.exit_code = c.exit_code;
  finding.data.manually_stopped = c.manually_stopped;
  finding.data.host_config.restart_policy.name = c.policy;
  finding.data.host_config.auto_remove = c.auto_remove;
  finding.shim = c.shim;
  finding.phase = c.phase;
  finding.init_alive = c.init_alive;
  finding.same_boot = c.same_boot;
  RecoveryPlan plan = PlanRecovery(finding, c.live_restore);
  EXPECT_EQ(plan.action, c.action);
  EXPECT_EQ(plan.start_by_policy, c.start);
  EXPECT_EQ(plan.auto_remove, c.remove);
  EXPECT_EQ(plan.quit_shim, c.quit);
}

using S = State;
using F = ShimFinding;
using P = shim::Phase;
using A = RecoveryAction;

INSTANTIATE_TEST_SUITE_P(
    All, RecoveryPlanTest,
    testing::Values(Case{"LiveRestore", S::kRunning, F::kAlive, P::kRunning, true, true, true, "no",
                         0, false, false, A::kAttachShim, false, false, false},
                    Case{"LivePaused", S::kPaused, F::kAlive, P::kPaused, true, true, true, "no", 0,
                         false, false, A::kAttachShim, false, false, false},
                    Case{"ShimKilled", S::kRunning, F::kNone, P::kEmpty, true, true, true, "no", 0,
                         false, false, A::kAdopt, false, false, false},
                    Case{"BothGone", S::kRunning, F::kNone, P::kEmpty, false, true, true, "no", 0,
                         false, false, A::kMarkExited, false, false, false},
                    Case{"BothGoneAlways", S::kRunning, F::kNone, P::kEmpty, false, true, true,
                         "always", 0, false, false, A::kMarkExited, true, false, false},
                    Case{"BothGoneOnFailure", S::kRunning, F::kNone, P::kEmpty, false, true, true,
                         "on-failure", 0, false, false, A::kMarkExited, true, false, false},
                    Case{"Reboot", S::kRunning, F::kNone, P::kEmpty, true, false, true, "no", 0,
                         false, false, A::kMarkExited, false, false, false},
                    Case{"Foreign", S::kRunning, F::kForeign, P::kEmpty, true, true, false, "no", 0,
                         false, false, A::kLeaveUnmanaged, false, false, false},
                    Case{"NoLiveRestore", S::kRunning, F::kAlive, P::kRunning, true, true, false,
                         "no", 0, false, false, A::kStop, false, false, false},
                    Case{"NoLiveRestoreAlways", S::kRunning, F::kAlive, P::kRunning, true, true,
                         false, "always", 0, false, false, A::kStop, true, false, false},
                    Case{"ExitedAlways", S::kExited, F::kNone, P::kEmpty, false, true, false,
                         "always", 0, true, false, A::kNothing, true, false, false},
                    Case{"ExitedUnlessStopped", S::kExited, F::kNone, P::kEmpty, false, true, false,
                         "unless-stopped", 0, true, false, A::kNothing, false, false, false},
                    Case{"CreatedAlways", S::kCreated, F::kNone, P::kEmpty, false, true, false,
                         "always", 0, false, false, A::kNothing, false, false, false},
                    Case{"IdleShim", S::kExited, F::kAlive, P::kExited, false, true, true, "no", 0,
                         false, false, A::kNothing, false, false, true},
                    Case{"AutoRemoveEnded", S::kExited, F::kNone, P::kEmpty, false, true, true,
                         "no", 0, false, true, A::kNothing, false, true, false},
                    Case{"HalfRemoved", S::kRemoving, F::kNone, P::kEmpty, false, true, true,
                         "always", 0, false, false, A::kFinishRemoval, false, false, false}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace buoy::container
