#pragma once

#include <cstdint>
#include <string>

namespace buoy::metrics {

// Of one process, from /proc; zeros when it has gone.
struct ProcessUse {
  double cpu_seconds = 0;
  double start_time = 0;                     // Unix time
  int64_t resident = 0, virtual_memory = 0;  // bytes
  int open_fds = 0, threads = 0;
};
// `pid` may be "self".
ProcessUse ReadProcess(const std::string& pid);

// The supervisors below <exec-root>/containers.
struct ShimUse {
  int count = 0;
  int64_t resident = 0;  // bytes
};
ShimUse ReadShims(const std::string& exec_root);

}  // namespace buoy::metrics
