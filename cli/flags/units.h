#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

// go-units: sizes as Docker reads and prints them.
namespace buoy::cli {

// "128m", "2g", "1.5 KiB" in powers of 1024. Errors: "invalid size: 'x'", "invalid suffix: 'x'".
Result<int64_t> RamInBytes(std::string_view text);
// The same in powers of 1000.
Result<int64_t> FromHumanSize(std::string_view text);

// Powers of 1000: "1.24MB" (precision 3), "796kB".
std::string HumanSize(double bytes, int precision = 4);
// Powers of 1024: "44KiB".
std::string BytesSize(double bytes);

}  // namespace buoy::cli
