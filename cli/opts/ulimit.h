#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::cli::opts {

// "nofile=1024:2048".
Result<types::Ulimit> ParseUlimit(const std::string& text);

// "no", "on-failure:3", ...; "" gives an empty policy.
Result<types::RestartPolicy> ParseRestartPolicy(const std::string& text);

}  // namespace buoy::cli::opts
