#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/container.h"
#include "common/types/host_config.h"

// What a container has mounted, decided at create and stored with it. Parsing and planning are
// pure (but for the existence of bind sources); volumes are created and bind sources made by
// daemon/volume/mount_setup.h.
namespace buoy::oci {

struct MountPlan {
  std::string type;      // bind, volume, tmpfs, image
  std::string name;      // of the volume; empty = anonymous, not yet created
  std::string source;    // bind: host path; volume: its folder, once known; image: reference, then
                         // the folder it is mounted at
  std::string chain_id;  // image: of its topmost layer
  std::string destination;  // absolute, clean
  std::string driver;       // of the volume; empty = local
  std::string mode;         // as the user wrote it after the second colon; "z" for volumes
  bool rw = true;
  std::string propagation;  // binds: "rprivate" ...; empty for volumes
  bool explicit_propagation = false;
  bool copy_data = false;        // volume: first use takes over what the image has there
  bool create_source = false;    // bind: a missing source is created as a folder
  bool anonymous = false;        // the volume is deleted with the container (rm -v, --rm)
  bool from_api_mounts = false;  // came from HostConfig.Mounts
  bool non_recursive = false;
  bool read_only_non_recursive = false;
  bool read_only_force_recursive = false;
  std::string subpath;                             // below the volume or image
  std::string tmpfs_options;                       // "size=64m,mode=1777"
  std::map<std::string, std::string> driver_opts;  // of a volume to be created
  std::map<std::string, std::string> labels;
};

// One of HostConfig.Binds: "/dest", "name:/dest[:modes]", "/host:/dest[:modes]".
Result<MountPlan> ParseBind(const std::string& raw, const std::string& volume_driver);
// One of HostConfig.Mounts; a missing bind source is an error unless CreateMountpoint.
Result<MountPlan> ParseMount(const types::Mount& mount);
// For container create's validation, before anything is made.
Status ValidateMount(const types::Mount& mount);
// A key of HostConfig.Tmpfs.
Status ValidateTmpfsDestination(const std::string& destination);
// "id[:ro|rw|z|Z]" -> id and whether its mounts stay writable.
struct VolumesFromSpec {
  std::string container;
  bool rw = true;
};
Result<VolumesFromSpec> ParseVolumesFrom(const std::string& spec);
// The options string of a tmpfs in HostConfig.Mounts.
Result<std::string> TmpfsOptionsText(const types::TmpfsOptions& options, bool read_only);

// The mounts of another container, for --volumes-from.
using MountsOfContainer =
    std::function<Result<std::vector<MountPlan>>(const std::string& container)>;

// Everything the container is to have mounted: volumes-from, binds, Mounts, then the image's and
// config's VOLUMEs that nothing else covers; sorted by destination. `config` is merged with the
// image's. Duplicates are refused with Docker's text. `data_root`: binds of it or of a folder above
// it get rslave propagation, as Docker does. HostConfig.Tmpfs is not part of it (BuildSpec adds
// it).
Result<std::vector<MountPlan>> PlanMounts(const types::ContainerConfig& config,
                                          const types::HostConfig& host_config,
                                          const std::string& data_root,
                                          const MountsOfContainer& mounts_of);

// The API's view of it.
types::MountPoint ToMountPoint(const MountPlan& plan);

// For the containers table's `mounts` column.
std::string EncodeMounts(const std::vector<MountPlan>& mounts);
Result<std::vector<MountPlan>> DecodeMounts(const std::string& text);

}  // namespace buoy::oci
