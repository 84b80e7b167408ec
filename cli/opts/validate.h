#pragma once

#include <string>

#include "common/result/result.h"

// Checks of single option values with Docker's error texts; each returns the value to use.
namespace buoy::cli::opts {

Result<std::string> ValidateEnv(const std::string& value);
Result<std::string> ValidateIpAddress(const std::string& value);
Result<std::string> ValidateDnsSearch(const std::string& value);
Result<std::string> ValidateLabel(const std::string& value);
Result<std::string> ValidateSysctl(const std::string& value);
Result<std::string> ValidateLink(const std::string& value);
Result<std::string> ValidateExtraHost(const std::string& value);
Result<std::string> ValidateAttach(const std::string& value);
Result<std::string> ValidateDeviceCgroupRule(const std::string& value);
bool IsMacAddress(const std::string& value);

}  // namespace buoy::cli::opts
