#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::cli::opts {

// The variables of --env-file files, then `values`. A name without a value takes it from the
// environment, or is left out.
Result<std::vector<std::string>> ReadEnv(const std::vector<std::string>& files,
                                         const std::vector<std::string>& values);
// The same for --label-file: names without a value are left out.
Result<std::vector<std::string>> ReadLabels(const std::vector<std::string>& files,
                                            const std::vector<std::string>& values);

// ["key=value"] -> {"key":"value"}; a later one wins.
std::map<std::string, std::string> ToMap(const std::vector<std::string>& values);

}  // namespace buoy::cli::opts
