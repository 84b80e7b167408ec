#pragma once

#include <cstdint>

#include "common/result/result.h"

namespace buoy {

// Of one pipe: what the kernel gives at least, and /proc/sys/fs/pipe-max-size.
inline constexpr int64_t kLeastPipeSize = 4096;
int64_t MostPipeSize();

// kInvalidArgument unless `size` is between the two; `what` names it: "invalid WHAT (SIZE): ...".
Status CheckPipeSize(const char* what, int64_t size);

}  // namespace buoy
