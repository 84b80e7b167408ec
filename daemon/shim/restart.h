#pragma once

#include <cstdint>

#include "common/shim_protocol/types.h"

namespace buoy::shim {

// Docker's restart policies as a pure function.

struct RestartInput {
  int32_t exit_code = 0;
  bool cancelled = false;         // by what was meant to end it: no policy goes on
  bool manually_stopped = false;  // a user has sent a signal: unless-stopped does not go on
  int64_t run_time = 0;           // ns the container had been running
  // What the function returned last time for this container.
  uint32_t restart_count = 0;
  int64_t delay = 0;
};

struct RestartDecision {
  bool restart = false;
  int64_t delay = 0;  // ns from the exit to the next start; to be passed in next time
  uint32_t restart_count = 0;
};

// 100 ms, doubled each time up to a minute, from the start again after a run of 10 s.
RestartDecision NextRestart(const RestartPolicy& policy, const RestartInput& input);

}  // namespace buoy::shim
