#pragma once

#include <cctype>
#include <cstdint>
#include <string>

#include "common/result/result.h"

namespace buoy::api {

// The `version` of an update: which state of the object the caller has seen.
inline Result<uint64_t> ParseObjectVersion(const std::string& object, const std::string& text) {
  const auto fail = [&](const char* why) {
    return InvalidArgument("invalid " + object + " version '" + text +
                           "': strconv.ParseUint: parsing \"" + text + "\": " + why);
  };
  if (text.empty()) return fail("invalid syntax");
  uint64_t value = 0;
  for (char c : text) {
    if (!isdigit(static_cast<unsigned char>(c))) return fail("invalid syntax");
    if (__builtin_mul_overflow(value, uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
      return fail("value out of range");
    }
  }
  return value;
}

}  // namespace buoy::api
