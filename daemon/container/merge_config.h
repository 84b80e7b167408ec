#pragma once

#include "common/types/container.h"

namespace buoy::container {

// Completes what the user asked for with the image's configuration, as Docker does: the user's word
// wins; lists of ports, volumes, labels and environment are joined.
void MergeImageConfig(types::ContainerConfig& user, const types::ContainerConfig& image);

}  // namespace buoy::container
