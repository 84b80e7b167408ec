#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy::cli::opts {

// One record of Go's encoding/csv: "a=b,\"c,d\"". Errors carry Go's texts ("EOF" for no record).
Result<std::vector<std::string>> ReadCsv(std::string_view text);

}  // namespace buoy::cli::opts
