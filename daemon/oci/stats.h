#pragma once

#include "common/result/result.h"
#include "common/types/stats.h"
#include "daemon/oci/cgroup_layout.h"

namespace buoy::oci {

// Fills cpu_stats, memory_stats, blkio_stats and pids_stats of `stats` from the container's cgroup;
// reads nothing but files in the given folders (and /proc/stat for system_cpu_usage).
Status ReadCgroupStats(const CgroupLayout& layout, const CgroupPaths& paths,
                       types::StatsResponse& stats);

}  // namespace buoy::oci
