#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::container {

struct CommandOutput {
  int exit_code = 0;  // 128 + signal when killed
  std::string out, err;
};
// Runs a program (looked up in PATH) to its end; both outputs are read, stdin is /dev/null.
Result<CommandOutput> RunCommand(const std::vector<std::string>& argv);

}  // namespace buoy::container
