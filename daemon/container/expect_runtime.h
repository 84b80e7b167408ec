#pragma once

#include "daemon/oci/cgroup_layout.h"

namespace buoy::container {

// To be called when the OCI runtime is about to put a process into a container's cgroup; returns at
// once. See common/unix/cgroup_lock.h.
void ExpectRuntime(const oci::CgroupLayout& cgroups);

}  // namespace buoy::container
