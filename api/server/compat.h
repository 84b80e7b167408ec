#pragma once

#include <string>

#include "api/server/version.h"

// What older API versions showed otherwise. Each takes the JSON of the newest version and gives
// that of `version`; input differences are in the handlers that read them.
namespace buoy::api {

std::string ImagesJsonFor(ApiVersion version, std::string list);
std::string ImageInspectJsonFor(ApiVersion version, std::string inspect);
std::string ContainersJsonFor(ApiVersion version, std::string list);
std::string ContainerInspectJsonFor(ApiVersion version, std::string inspect);
std::string InfoJsonFor(ApiVersion version, std::string info);
std::string DiskUsageJsonFor(ApiVersion version, std::string usage);

// Whether a body of POST /containers/create says anything about the container itself; to Go's
// decoder one without has no config.
bool HasContainerConfig(const std::string& body);

}  // namespace buoy::api
