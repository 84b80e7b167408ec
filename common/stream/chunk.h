#pragma once

#include <string>
#include <string_view>

namespace buoy::stream {

// Transfer-Encoding: chunked. Empty data appends nothing (an empty chunk would end the body).
void AppendChunk(std::string_view data, std::string* out);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace buoy::stream
