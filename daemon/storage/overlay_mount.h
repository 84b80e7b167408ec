#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::storage {

// What an overlay is made of. Without upper it is read-only and needs two lowers.
struct OverlaySpec {
  std::vector<std::string> lowers;  // highest first
  std::string upper;
  std::string work;
};

// An overlay that is mounted nowhere; it lives as long as the descriptor (O_PATH) or until
// attached. Works for any number of layers and lengths of path. `scratch` is an existing folder
// used to mount on for a moment where the kernel lacks the new mount API's lowerdir+ (before 6.5).
Result<Fd> NewDetachedOverlay(const OverlaySpec& spec, const std::string& scratch);

// Attaches a detached overlay at `target`; the descriptor goes on to work.
Status AttachMount(int mount_fd, const std::string& target);
// Mounts at `target` in one go.
Status MountOverlay(const OverlaySpec& spec, const std::string& target);

// Lazily; also when mounted more than once. Not mounted or missing = fine.
Status DetachMount(const std::string& target);
// Whether something is mounted at the folder.
bool IsMountPoint(const std::string& folder);

}  // namespace buoy::storage
