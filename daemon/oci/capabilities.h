#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::oci {

// Docker's 14.
const std::vector<std::string>& DefaultCapabilities();
// Those that this process has and can give to others.
const std::vector<std::string>& AvailableCapabilities();

// Upper case, CAP_ prefixed, "ALL" kept; kInvalidArgument with Docker's text for unknown names.
Result<std::vector<std::string>> NormalizeCapabilities(const std::vector<std::string>& names,
                                                       const std::vector<std::string>& available);

// What a container gets. Pure.
Result<std::vector<std::string>> TweakCapabilities(const std::vector<std::string>& add,
                                                   const std::vector<std::string>& drop,
                                                   bool privileged,
                                                   const std::vector<std::string>& available);

}  // namespace buoy::oci
