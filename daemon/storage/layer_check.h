#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy::storage {

// The first thing in the tree `have_fd` that is not as in `want_fd`, "" when all is: names, kinds,
// modes, owners, times and sizes, opaque folders, and every byte of the files.
Result<std::string> FirstDifference(int have_fd, int want_fd);

}  // namespace buoy::storage
