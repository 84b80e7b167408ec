#pragma once

#include <set>

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

namespace buoy::container {

Result<types::ContainerTop> TopOf(Engine& engine, const ContainerPtr& container,
                                  const std::string& ps_args);
// Pure: ps's output reduced to the lines of these processes.
Result<types::ContainerTop> ParsePs(const std::string& output, const std::set<int>& pids);

Status StreamStats(Engine& engine, const ContainerPtr& container, bool stream, bool one_shot,
                   api::Handover& client);

// The folder of this container in every hierarchy.
oci::CgroupPaths CgroupOf(const Options& options, const ContainerData& data);

}  // namespace buoy::container
