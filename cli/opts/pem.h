#pragma once

#include <string>
#include <string_view>

namespace buoy::cli::opts {

// Whether the text has a PEM block: "-----BEGIN X-----", Base64, "-----END X-----", each at the
// beginning of a line.
bool HasPemBlock(std::string_view text);

}  // namespace buoy::cli::opts
