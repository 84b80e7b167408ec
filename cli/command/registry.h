#pragma once

#include <vector>

#include "cli/command/command.h"

namespace buoy::cli {

// Everything on the first page of the CLI that is called `program`.
std::vector<Command> AllCommands(const std::string& program);

}  // namespace buoy::cli
