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

}  // namespace buoy::storage
