#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace buoy {

std::string Base64Encode(std::string_view data);
// Accepts the standard and the URL alphabet, padded or not; nullopt on anything else.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace buoy
