#pragma once

#include <vector>

#include "api/server/backend/container_backend.h"
#include "api/server/backend/image_backend.h"
#include "api/server/backend/network_backend.h"
#include "api/server/backend/system_backend.h"
#include "api/server/backend/volume_backend.h"
#include "api/server/router.h"

// The route tables, one per resource. The backends must outlive the routes.
namespace buoy::api {

std::vector<Route> ContainerRoutes(ContainerBackend& backend);         // life cycle, list, inspect
std::vector<Route> ContainerStreamRoutes(ContainerBackend& backend);   // attach, logs, wait, stats
std::vector<Route> ContainerArchiveRoutes(ContainerBackend& backend);  // cp, export, changes
std::vector<Route> ExecRoutes(ContainerBackend& backend);
std::vector<Route> ImageRoutes(ImageBackend& backend);          // list, inspect, tag, remove ...
std::vector<Route> ImageTransferRoutes(ImageBackend& backend);  // pull, push, load, save, import
std::vector<Route> NetworkRoutes(NetworkBackend& backend);
std::vector<Route> VolumeRoutes(VolumeBackend& backend);
std::vector<Route> SystemRoutes(SystemBackend& backend);

// POST /containers/create, whose old API versions need most care.
Status CreateContainer(ContainerBackend& backend, ApiRequest& request);

}  // namespace buoy::api
