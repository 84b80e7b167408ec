#pragma once

#include <string>

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// Removal with its answer to those who wait for it. `ref` as the user wrote it, for texts.
Status RemoveContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       const api::ContainerRemoveOptions& options);
// --rm: in the background, failures are logged.
void AutoRemove(Engine& engine, const ContainerPtr& container);
// Gives back everything of a container that is in state removing. `operation` is held.
Status DestroyLocked(Engine& engine, const ContainerPtr& container, bool remove_volumes);

Result<types::ContainersPruneReport> PruneContainers(Engine& engine, const api::Filters& filters);

}  // namespace buoy::container
