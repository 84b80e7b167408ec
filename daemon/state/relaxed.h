#pragma once

#include <functional>

#include "daemon/state/db.h"

namespace buoy::state {

// What a change has to outlive.
enum class Durability {
  kPowerLoss,  // on the disk before the call returns
  kProcess,    // with the kernel: outlives any process, not the machine's sudden end
};

// A transaction (Db::Transaction). A kProcess one is not synced; the next one that is brings it to
// the disk, too. For what the machine's end makes untrue anyway, or what is told again.
Status Transaction(Db& db, Durability durability, const std::function<Status()>& body);

}  // namespace buoy::state
