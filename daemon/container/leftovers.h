#pragma once

#include <string>
#include <vector>

#include "daemon/container/engine.h"

namespace buoy::container {

// Removes the folders, sockets, mounts and runtime states of containers that the database does not
// know, and what belonged to them. Those that run are left alone: see the log.
void CollectUnknown(Engine& engine);

// Lets the runtime forget a container whose shim, which does it otherwise, has gone. Nothing to do
// when the runtime does not know it.
void DeleteFromRuntime(const Options& options, const oci::Runtime& runtime, const std::string& id);

// Anonymous volumes go after their container's row, since until then they are in use. Their names
// are on disk meanwhile, so that a crash in between does not leave them behind for ever.
Status PlanVolumeRemoval(Engine& engine, const std::string& id,
                         const std::vector<std::string>& volumes);
// Removes what was planned for this container, but for what is in use.
void RemovePlannedVolumes(Engine& engine, const std::string& id);
// Before such volumes are made for a container that has no row yet.
bool VolumeRemovalPlanned(Engine& engine, const std::string& id);

}  // namespace buoy::container
