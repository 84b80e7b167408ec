#pragma once

#include "common/archive/pack.h"
#include "common/archive/unpack.h"
#include "common/result/result.h"

namespace buoy::storage {

// Copies what is in one open folder into another, existing one: as a tar that is packed and
// unpacked at the same time, so owners, modes, times, links, devices and attributes are what they
// are in a layer. Overlayfs' whiteouts in `from_fd` delete what `to_fd` has when `apply_whiteouts`.
// The root folder's own attributes are left alone.
Status CopyTree(int from_fd, int to_fd, bool apply_whiteouts);

}  // namespace buoy::storage
