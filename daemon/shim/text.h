#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace buoy::shim {

// The little that is needed instead of <iostream>, <sstream> and printf.

void AppendNumber(int64_t value, std::string* out);
std::string Number(int64_t value);
// Decimal digits, surrounding white space allowed; false when there is none.
bool ParseNumber(std::string_view text, int64_t* value);
// "what: Go-like errno text" ("no such file or directory").
std::string ErrnoText(std::string_view what, int error);
// "30s", "1m30s", "1.5s": Go's time.Duration.String for whole milliseconds and more.
std::string DurationText(int64_t nanoseconds);
bool Contains(std::string_view text, std::string_view part);

// The whole file, at most `limit` bytes; empty when it cannot be read.
std::string ReadSmallFile(const char* path, size_t limit);
bool WriteSmallFile(const char* path, std::string_view data);

// One line to the shim's log (standard error), with the time in front.
void LogLine(std::string_view text);

}  // namespace buoy::shim
