#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::cli::opts {

// A --mount value ("type=bind,src=/a,dst=/b,readonly"). `warning` gets a deprecation, if any.
Result<types::Mount> ParseMount(const std::string& text, std::string* warning);

}  // namespace buoy::cli::opts
