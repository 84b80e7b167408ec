#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace buoy::api {

// "1.41". Compared number by number, as Docker does; what is no number counts as 0.
struct ApiVersion {
  int major = 0;
  int minor = 0;

  static constexpr ApiVersion Parse(std::string_view text) {
    ApiVersion version;
    int* part = &version.major;
    for (char c : text) {
      if (c == '.') {
        if (part == &version.minor) break;
        part = &version.minor;
      } else if (c >= '0' && c <= '9' && *part < 1'000'000) {
        *part = *part * 10 + (c - '0');
      }
    }
    return version;
  }
  std::string Text() const { return std::to_string(major) + "." + std::to_string(minor); }
  auto operator<=>(const ApiVersion&) const = default;
};

inline constexpr ApiVersion kMinApiVersion{1, 24};
inline constexpr ApiVersion kMaxApiVersion{1, 51};

}  // namespace buoy::api
