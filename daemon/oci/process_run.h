#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::oci {

struct CommandResult {
  int exit_code = 0;   // 128 + n when it died of signal n
  std::string output;  // stdout and stderr, at most 64 KiB
};

// Runs a short helper command (absolute path first), stdin from /dev/null; after `timeout_ms` it is
// killed and the result is an error.
Result<CommandResult> RunCommand(const std::vector<std::string>& command, int timeout_ms);

}  // namespace buoy::oci
