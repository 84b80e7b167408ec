#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::cli::opts {

// "/dev/sda:1mb", "/dev/sda:1000" (operations), "/dev/sda:500" (weight).
Result<types::ThrottleDevice> ParseBpsDevice(const std::string& text);
Result<types::ThrottleDevice> ParseIopsDevice(const std::string& text);
Result<types::WeightDevice> ParseWeightDevice(const std::string& text);

// A --device value: "/dev/a[:/dev/b][:rwm]".
Result<types::DeviceMapping> ParseDevice(const std::string& text);
// "vendor.com/class=name": a CDI device.
bool IsCdiName(const std::string& text);

}  // namespace buoy::cli::opts
