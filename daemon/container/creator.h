#pragma once

#include "api/server/backend/container_backend.h"
#include "daemon/container/engine.h"

namespace buoy::container {

// Validates in Docker's order, merges the image's configuration, makes file system and volumes.
// Nothing stays after a failure.
Result<types::ContainerCreateResponse> CreateContainer(Engine& engine,
                                                       const types::ContainerCreateRequest& request,
                                                       const api::CreateOptions& options);

}  // namespace buoy::container
