#pragma once

#include <string>

#include "cli/command/cli.h"

namespace buoy::cli {

// "To add a worker to this swarm, run the following command: ...".
Status PrintJoinCommand(Cli& cli, const std::string& node, bool worker, bool manager);
void PrintUnlockCommand(Cli& cli, const std::string& key);

}  // namespace buoy::cli
