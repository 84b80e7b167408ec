#pragma once

#include <cstdint>
#include <string>

#include "daemon/container/state.h"

namespace buoy::container {

struct StatusInput {
  State state = State::kCreated;
  int exit_code = 0;
  int64_t started_ns = 0;   // 0 = never
  int64_t finished_ns = 0;  // 0 = never
  std::string health;       // "", "none", "starting", "healthy", "unhealthy"
};

// The STATUS column of `docker ps`: "Up 3 minutes (healthy)", "Exited (0) 5 seconds ago" ...
std::string StatusText(const StatusInput& input, int64_t now_ns);

}  // namespace buoy::container
