#pragma once

#include <vector>

#include "cli/command/command.h"

namespace buoy::cli {

// Everything on the first page.
std::vector<Command> AllCommands();

}  // namespace buoy::cli
