#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command/cli.h"

namespace buoy::cli {

// The JSON text of one object.
using FetchObject = std::function<Result<std::string>(const std::string& name)>;

// Prints objects as docker inspect does: indented, "json" or a template (status 64 when it cannot
// be parsed). What could not be fetched is reported at the end, status 1.
Result<int> RunInspect(Cli& cli, const std::vector<std::string>& names, const std::string& format,
                       const FetchObject& fetch);

}  // namespace buoy::cli
