#pragma once

#include <string>

#include "common/result/result.h"
#include "common/shim_protocol/types.h"
#include "daemon/container/container_data.h"

namespace buoy::container {

// How the supervisor logs: the container's log options, with dockerd's defaults. What is wrong with
// them is said as dockerd does on start: "failed to create task for container: failed to initialize
// logging driver: error parsing regexp: ...".
Result<shim::LogConfig> PlanLog(const ContainerData& data, const std::string& path);

}  // namespace buoy::container
