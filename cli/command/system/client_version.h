#pragma once

#include <string>

#include "cli/command/cli.h"
#include "cli/formatter/value.h"

namespace buoy::cli {

// The client's half of `version`.
Value ClientVersion(Cli& cli, const std::string& api_version);
// The client's part of `info`.
Value ClientInfo(Cli& cli);

}  // namespace buoy::cli
