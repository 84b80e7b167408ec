#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/config/paths.h"
#include "daemon/config/value.h"

namespace buoy::config {

struct CommandLine {
  std::map<std::string, Value> values;  // by key name; only what was given
  std::string config_file = kDefaultConfigFile;
  bool config_file_given = false;
  bool help = false;
  bool version = false;
  bool validate = false;
  // To be printed on stderr: use of deprecated flags.
  std::vector<std::string> warnings;
};

// Flags in every form that dockerd takes (pflag): --flag value, --flag=value, -f value, -fvalue,
// -f=value, grouped shorthands, "--". `arguments` is argv without the program's name. The error's
// message is the whole text that dockerd prints before it exits with status 1.
Result<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace buoy::config
