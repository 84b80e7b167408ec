#pragma once

#include <memory>

#include "common/archive/stream.h"

namespace buoy {

// Decodes bzip2 or xz by libarchive; `source` must outlive the result.
Result<std::unique_ptr<ByteSource>> NewLibarchiveFilterSource(ByteSource& source);

}  // namespace buoy
