#pragma once

#include <cstdint>
#include <string>

#include "common/result/result.h"

namespace buoy::storage {

// rm -rf of a folder that may be hostile (any depth), by descriptors. Missing = fine.
Status RemoveTree(const std::string& path);

// Bytes of the regular files below, each inode once; follows nothing.
Result<int64_t> TreeSize(const std::string& path);

// syncfs of the file system that holds `path`, so that what was written survives a power cut.
Status SyncFileSystem(const std::string& path);
Status SyncFolder(const std::string& path);

// Gives the root folder of a writable layer the owner, mode and time that the one below has: the
// merged root shows the upper's.
Status CopyRootAttributes(const std::string& from, const std::string& to);

}  // namespace buoy::storage
