#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/oci/mounts.h"
#include "daemon/storage/storage_driver.h"
#include "daemon/volume/volume_store.h"

// From planned mounts to folders on the host.
namespace buoy::volume {

// At container create: creates the volumes named (and the anonymous ones) and fills in name,
// source, driver of every volume mount. The volumes count as used by `container_id`
// (VolumeStore::Release). On an error the volumes made for it are removed again.
Status CreateVolumes(VolumeStore& store, const std::string& container_id,
                     std::vector<oci::MountPlan>& mounts);

// At container create, with the container's root file system at hand: copies image content into
// volumes that are empty.
Status PopulateVolumes(VolumeStore& store, const std::string& container_id, int root_fd,
                       const std::vector<oci::MountPlan>& mounts);

// Whose mounts, and with what.
struct MountScope {
  VolumeStore& volumes;
  storage::StorageDriver* storage;  // for images; null where there are none
  std::string container_id;
  // Folder of the container's own where sources that a path cannot name safely are mounted: images,
  // and what lies below a volume, as it was when it was looked up. They last as long as the
  // container runs, so that a restart without the daemon finds them.
  std::string pins;
  bool for_a_look = false;  // a copy from outside: no events
};

// At start, and for a look from outside: mounts volumes with options, creates missing bind sources
// (of -v) and checks the others. Returns the mounts with `source` as it is to be bound. On an error
// what was mounted is unmounted again, unless it is for a look, whose caller knows whether a run
// uses them. May be repeated while the mounts are in use.
Result<std::vector<oci::MountPlan>> SetUpMounts(const MountScope& scope,
                                                const std::vector<oci::MountPlan>& mounts);
// After the container has ended. Idempotent.
Status TearDownMounts(const MountScope& scope, const std::vector<oci::MountPlan>& mounts);
// Detaches all that is mounted in a folder of pins and removes it. Must succeed before anything
// deletes the folder's parent: a pin is the volume itself. Missing = fine.
Status DropPins(const std::string& pins);

}  // namespace buoy::volume
