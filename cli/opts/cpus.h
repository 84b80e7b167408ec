#pragma once

#include <cstdint>
#include <string>

#include "common/result/result.h"

namespace buoy::cli::opts {

// "1.5", "3/2", "1e-3": billionths of a CPU, exactly. Errors: "failed to parse x as a rational
// number", "value is too precise".
Result<int64_t> ParseCpus(const std::string& text);

}  // namespace buoy::cli::opts
