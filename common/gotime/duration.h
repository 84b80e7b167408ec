#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::gotime {

inline constexpr int64_t kMillisecond = 1'000'000;
inline constexpr int64_t kSecond = 1'000 * kMillisecond;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;

// Go's time.ParseDuration: "1h30m", "-1.5s", "100ms"; nanoseconds.
// Errors are kInvalidArgument with Go's texts (`time: invalid duration "x"`).
Result<int64_t> ParseDuration(std::string_view text);

// Go's Duration.String(): "1h30m0s", "1.5s", "0s".
std::string FormatDuration(int64_t nanoseconds);

// go-units' HumanDuration: "Less than a second", "About a minute", "3 hours", "2 years".
std::string HumanDuration(int64_t nanoseconds);

}  // namespace buoy::gotime
