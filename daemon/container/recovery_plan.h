#pragma once

#include <string>
#include <vector>

#include "common/shim_protocol/state.h"
#include "daemon/container/container_data.h"

// What to do with each container when the daemon starts: a value, made without side effects.
namespace buoy::container {

enum class ShimFinding {
  kNone,     // nothing listens
  kAlive,    // connected; `shim` is set
  kForeign,  // another major version, or it did not answer in time
};

struct Finding {
  ContainerData data;  // as stored, with the journal applied
  ShimFinding shim = ShimFinding::kNone;
  shim::Phase phase = shim::Phase::kEmpty;  // of the shim
  bool init_alive = false;                  // pid and start time still match
  bool same_boot = true;
};

enum class RecoveryAction {
  kNothing,
  kAttachShim,      // it runs and goes on
  kAdopt,           // it runs without a shim
  kLeaveUnmanaged,  // it runs under a shim we do not understand
  kMarkExited,      // it ended unseen: 255
  kStop,            // live-restore is off: what runs is stopped (and then started by its policy)
  kFinishRemoval,
};

struct RecoveryPlan {
  RecoveryAction action = RecoveryAction::kNothing;
  bool start_by_policy = false;  // afterwards, always/unless-stopped/on-failure
  bool auto_remove = false;      // it ended while nobody looked
  bool quit_shim = false;        // idle
};

// The restart policy of a container whose end the daemon itself has seen, for want of a shim.
bool StartsAgain(const ContainerData& data);

RecoveryPlan PlanRecovery(const Finding& finding, bool live_restore);

}  // namespace buoy::container
