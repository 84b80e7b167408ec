#pragma once

#include <string>

#include "cli/command/cli.h"
#include "cli/formatter/value.h"

namespace buoy::cli {

struct TaskListOptions {
  bool quiet = false, no_trunc = false, no_resolve = false;
  std::string format;
};

// Prints tasks as `node ps` does: those of a service and slot together, the latest first.
Status PrintTasks(Cli& cli, ValueList tasks, const TaskListOptions& options);

}  // namespace buoy::cli
