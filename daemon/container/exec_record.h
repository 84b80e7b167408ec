#pragma once

#include <optional>
#include <string>

#include "common/types/exec.h"

namespace buoy::container {

// An exec from `create` until some time after its end.
struct ExecRecord {
  std::string id;
  std::string container_id;
  types::ExecCreateRequest request;
  std::string detach_keys;  // the bytes
  bool started = false;     // ExecStart was called; never goes back
  bool running = false;
  int pid = 0;
  std::optional<int> exit_code;
  int64_t ended_ns = 0;

  // "cmd arg1 arg2" for events.
  std::string CommandLine() const {
    std::string line = request.cmd.empty() ? "" : request.cmd[0] + " ";
    for (size_t i = 1; i < request.cmd.size(); ++i) {
      if (i > 1) line += ' ';
      line += request.cmd[i];
    }
    return line;
  }
};

}  // namespace buoy::container
