#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy {

// Replaces `path` in one go: readers, and those who come after this process was killed, find the
// old text or the new one. Nothing is synced: what must outlive the machine's sudden end is written
// by WriteFileAtomic (file.h).
Status ReplaceFile(const std::string& path, std::string_view text, mode_t mode);

}  // namespace buoy
