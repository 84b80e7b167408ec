#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::config {

// Nesting beyond this is refused: the parser behind it is recursive in places.
inline constexpr size_t kMaxJsonDepth = 1000;

// Whether `text` is one JSON value and nothing else. The errors are those of Go's encoding/json:
// "invalid character '}' looking for beginning of object key string",
// "unexpected end of JSON input", "exceeded max depth" ...
Status CheckJsonSyntax(std::string_view text);

// Half a surrogate pair written as \uXXXX becomes \ufffd, as Go reads it. `text` has passed
// CheckJsonSyntax.
std::string ReplaceLoneSurrogates(std::string text);

}  // namespace buoy::config
