#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/archive/stream.h"
#include "common/result/result.h"

namespace buoy {

// The regular files of a small zip archive, by path as it stands there; more than `limit` bytes in
// all is an error.
Result<std::vector<std::pair<std::string, std::string>>> ReadZip(ByteSource& source, size_t limit);

}  // namespace buoy
