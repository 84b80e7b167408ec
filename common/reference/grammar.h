#pragma once

#include <string_view>

namespace buoy::grammar {

// algorithm ":" at least 32 hex digits, any case, any algorithm: what may follow '@'.
bool IsDigestPattern(std::string_view text);

}  // namespace buoy::grammar
