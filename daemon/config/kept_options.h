#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/config/key.h"
#include "daemon/config/settings.h"

// Options that containers were started with and that do not change under them: when the daemon
// starts with others while containers run, what was in effect stays in effect.
namespace buoy::config {

// The values of those options, as JSON, for the next start.
std::string KeptOptionsJson(const Settings& settings);

struct KeptOption {
  const Key* key;
  std::string was;     // JSON, what stays in effect
  std::string wanted;  // JSON, what is not in effect yet
};

struct Running {
  bool containers = false;   // where they are found must not change
  bool on_networks = false;  // and they go on, so their networks must not change either
};

// Puts the values of `json` (from KeptOptionsJson) in place of those of `settings` as far as what
// runs forbids a change, and names the options that differ, sorted.
Result<std::vector<KeptOption>> KeepOptions(const std::string& json, Running running,
                                            Settings& settings);

}  // namespace buoy::config
