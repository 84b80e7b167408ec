#pragma once

#include <string>

#include "common/gotime/time.h"
#include "common/result/result.h"

namespace buoy::cli {

// A --since or --until for the API. Errors: `failed to parse value as time or duration: "x"`.
Result<std::string> ParseWhen(const std::string& text, const gotime::Time& now);

}  // namespace buoy::cli
