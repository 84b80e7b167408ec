#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::cli::opts {

// A --gpus value: "all", "2", "device=0", "driver=nvidia,count=1,capabilities=compute".
Result<types::DeviceRequest> ParseGpus(const std::string& text);

}  // namespace buoy::cli::opts
