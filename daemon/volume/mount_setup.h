#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/oci/mounts.h"
#include "daemon/volume/volume_store.h"

// From planned mounts to folders on the host.
namespace buoy::volume {

// At container create: creates the volumes named (and the anonymous ones) and fills in name, source,
// driver of every volume mount. The volumes count as used by `container_id` (VolumeStore::Release).
// On an error the volumes made for it are removed again.
Status CreateVolumes(VolumeStore& store, const std::string& container_id,
                     std::vector<oci::MountPlan>& mounts);

// At container create, with the container's root file system at hand: copies image content into
// volumes that are empty.
Status PopulateVolumes(VolumeStore& store, const std::string& container_id, int root_fd,
                       const std::vector<oci::MountPlan>& mounts);

// At start: mounts volumes with options, creates missing bind sources (of -v) and checks the others.
// Returns the mounts with `source` as it is to be bound (subpaths resolved without leaving the
// volume). On an error what was mounted is unmounted again.
Result<std::vector<oci::MountPlan>> SetUpMounts(VolumeStore& store,
                                                const std::string& container_id,
                                                const std::vector<oci::MountPlan>& mounts);
// After the container has ended. Idempotent.
Status TearDownMounts(VolumeStore& store, const std::string& container_id,
                      const std::vector<oci::MountPlan>& mounts);

}  // namespace buoy::volume
