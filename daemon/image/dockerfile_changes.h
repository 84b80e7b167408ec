#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/container.h"

namespace buoy::image {

// Applies the Dockerfile instructions of `docker import/commit --change` (CMD, ENTRYPOINT, ENV,
// EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR), in order.
// kInvalidArgument with Docker's texts; *config is then half-changed.
Status ApplyChanges(const std::vector<std::string>& changes, types::ContainerConfig* config);

}  // namespace buoy::image
