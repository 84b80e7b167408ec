#pragma once

#include <string>
#include <string_view>

namespace buoy::cli {

// Go's strconv.Quote (%q of a string).
std::string Quote(std::string_view text);
// %q of a byte: 'z'.
std::string QuoteChar(char c);

}  // namespace buoy::cli
