#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

// Go's small text functions, error texts included.
namespace buoy::config {

std::string Quote(std::string_view text);      // %q
std::string JsonQuote(std::string_view text);  // a JSON string
std::string Trim(std::string_view text);
std::string Lower(std::string_view text);
std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& items, std::string_view separator);

Result<bool> ParseBool(std::string_view text);
// strconv.ParseInt; base 0 takes 0x, 0o, 0b and 0 prefixes.
Result<int64_t> ParseInt(std::string_view text, const char* function, int base = 0);
// go-units' RAMInBytes.
Result<int64_t> ParseBytes(std::string_view text);
// "64MiB"
std::string BytesText(int64_t bytes);

// Replaces user and password of a URL by "xxxxx".
std::string MaskCredentials(const std::string& url);

}  // namespace buoy::config
