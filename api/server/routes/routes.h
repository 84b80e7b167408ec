#pragma once

#include <vector>

#include "api/server/backend/container_backend.h"
#include "api/server/backend/image_backend.h"
#include "api/server/backend/network_backend.h"
#include "api/server/backend/swarm_backend.h"
#include "api/server/backend/system_backend.h"
#include "api/server/backend/upgrade_backend.h"
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
// GET /info: the daemon's view and the swarm's put together.
std::vector<Route> InfoRoutes(SystemBackend& system, SwarmBackend& swarm);
std::vector<Route> NodeRoutes(SwarmBackend& backend);
std::vector<Route> SwarmRoutes(SwarmBackend& backend);
std::vector<Route> SystemRoutes(SystemBackend& backend);
std::vector<Route> DebugRoutes(SystemBackend& backend);  // /debug, with -D only
std::vector<Route> UpgradeRoutes(UpgradeBackend& backend);

// Checks that the image is of the platform that a request names; `platform` is JSON, "" = any.
// Images are of one platform each here, so other ones are kNotFound.
Status CheckImagePlatform(ImageBackend& backend, const std::string& ref,
                          const std::string& platform);

// POST /containers/create, whose old API versions need most care.
Status CreateContainer(ContainerBackend& backend, ApiRequest& request);

}  // namespace buoy::api
