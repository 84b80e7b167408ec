#pragma once

#include "common/result/result.h"
#include "common/types/host_config.h"
#include "daemon/oci/spec_types.h"

namespace buoy::oci {

// Memory, CPU, pids and block I/O limits of a container; device rules are left alone.
Status FillResources(const types::Resources& from, SpecResources& to);

}  // namespace buoy::oci
