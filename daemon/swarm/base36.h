#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace buoy::swarm {

// The big-endian number `bytes` in base 36, lower case, padded with zeros to `width` digits.
std::string ToBase36(std::string_view bytes, size_t width);
// The reverse, as exactly `size` bytes; nullopt when a digit is none or the number does not fit.
std::optional<std::string> FromBase36(std::string_view text, size_t size);

// `size` bytes from the kernel's random numbers.
std::string RandomBytes(size_t size);
// 25 digits of 128 random bits: the form of the swarm's IDs and of the secrets of its tokens.
std::string NewSwarmId();

}  // namespace buoy::swarm
