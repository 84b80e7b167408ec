#include "common/unix/pipe_size.h"

#include <cstdlib>
#include <string>

#include "common/unix/file.h"

namespace buoy {

int64_t MostPipeSize() {
  constexpr int64_t kKernelsDefault = 1 << 20;
  auto text = ReadFile("/proc/sys/fs/pipe-max-size");
  const int64_t limit = text.ok() ? std::atoll(text->c_str()) : 0;
  return limit > 0 ? limit : kKernelsDefault;
}

Status CheckPipeSize(const char* what, int64_t size) {
  const int64_t most = MostPipeSize();
  if (size >= kLeastPipeSize && size <= most) return Ok();
  return InvalidArgument("invalid " + std::string(what) + " (" + std::to_string(size) +
                         "): value must be between " + std::to_string(kLeastPipeSize) + " and " +
                         std::to_string(most) + ", the limit in /proc/sys/fs/pipe-max-size");
}

}  // namespace buoy
