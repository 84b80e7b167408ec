#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "common/result/result.h"
#include "daemon/config/command_line.h"
#include "daemon/config/value.h"

namespace buoy::config {

// A longer daemon.json is refused unread.
inline constexpr size_t kMaxConfigFileSize = 4u << 20;

struct ConfigFile {
  // By key name. A key that is null, and a number or text that is zero or empty, counts as not
  // given, as in Docker; false counts as given.
  std::map<std::string, Value> values;
};

// Parses the bytes of a daemon.json and compares them with the flags. Errors have Docker's texts
// (unknown directives, directives given twice, wrong types, invalid JSON) without the name of the
// file. Empty text is an empty configuration. Single values are not checked here.
Result<ConfigFile> ParseConfigFile(std::string_view bytes, const CommandLine& flags);

}  // namespace buoy::config
