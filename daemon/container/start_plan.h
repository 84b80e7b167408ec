#pragma once

#include <string>
#include <vector>

#include "common/shim_protocol/types.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// The parts of a StartRequest that follow from the container's configuration alone.
// The probe's command line; empty = no health check.
std::vector<std::string> ProbeCommand(const types::ContainerConfig& config);
shim::HealthConfig PlanHealth(const types::ContainerConfig& config,
                              const std::string& process_path);
shim::RestartPolicy PlanRestart(const types::HostConfig& host_config);

// NAME=value for each legacy link.
std::vector<std::string> LinkEnvironment(Engine& engine, const ContainerData& data);

}  // namespace buoy::container
