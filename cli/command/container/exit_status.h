#pragma once

#include <chrono>
#include <string>

#include "cli/command/cli.h"
#include "common/result/result.h"

namespace buoy::cli {

// How long a daemon that is away may take to come back before an exit status counts as unknown.
inline constexpr auto kDaemonReturns = std::chrono::seconds(60);

// GET `path`; a daemon that does not answer is asked again until `patience` has passed. A container
// outlives its daemon, so what the daemon knows of it is not lost.
Result<Value> GetPatiently(Cli& cli, const std::string& path,
                           std::chrono::milliseconds patience = kDaemonReturns);

}  // namespace buoy::cli
