#pragma once

#include <vector>

#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// What the writable layer `upper_fd` changes in the file system `lower_fd` below it (merged,
// without the writable layer), as `docker diff` counts it: folders are modified when something
// inside is. Sorted by path.
Result<std::vector<Change>> CompareUpper(int upper_fd, int lower_fd);

// The same between two whole trees.
Result<std::vector<Change>> CompareTrees(int after_fd, int before_fd);

}  // namespace buoy::storage
