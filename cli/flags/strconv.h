#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

// Go's strconv, error texts included: `strconv.ParseInt: parsing "x": invalid syntax`.
namespace buoy::cli {

// base 0 takes prefixes (0x, 0o, 0b, 0) and underscores, as Go does.
Result<int64_t> ParseInt(std::string_view text, int base = 10, int bits = 64,
                         const char* function = "ParseInt");
Result<uint64_t> ParseUint(std::string_view text, int base = 10, int bits = 64,
                           const char* function = "ParseUint");
Result<bool> ParseBool(std::string_view text);
Result<double> ParseFloat(std::string_view text);
inline Result<int64_t> Atoi(std::string_view text) { return ParseInt(text, 10, 64, "Atoi"); }

}  // namespace buoy::cli
