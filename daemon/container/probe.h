#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/shim_client/shim_hub.h"
#include "daemon/state/db.h"

namespace buoy::container {

// Whether a container of this database runs, before anything has been opened that containers stand
// on. `exec_root`: the one of the daemon that started them.
Result<bool> AnyContainerRuns(state::Db& db, shim::ShimHub& hub, const std::string& exec_root);

}  // namespace buoy::container
