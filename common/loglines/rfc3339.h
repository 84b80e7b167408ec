#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace buoy::loglines {

inline constexpr int64_t kSecond = 1'000'000'000;

// "2026-11-24T19:13:43.1234567Z": Go's RFC3339Nano, trailing zeros of the fraction cut.
void AppendRfc3339(int64_t nanoseconds, std::string* out);
// Always nine digits, as in `docker logs -t`.
void AppendRfc3339Fixed(int64_t nanoseconds, std::string* out);
// Accepts a fraction of any length and "Z" or a numeric offset.
bool ParseRfc3339(std::string_view text, int64_t* nanoseconds);

}  // namespace buoy::loglines
