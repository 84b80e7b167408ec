#pragma once

#include <cstdint>

#include "common/result/result.h"

namespace buoy::volume {

// Copies what is in folder `from` into folder `to` (both open for reading) with owners, modes,
// times, extended attributes and hard links, and gives `to` the owner and mode of `from`. Never
// follows a symlink; sockets are left out.
Status CopyTree(int from, int to);

// True when the folder holds nothing.
bool IsEmptyFolder(int folder);

// Bytes of the regular files below, each inode once, on the folder's own file system only.
int64_t TreeSize(int folder);

}  // namespace buoy::volume
