#pragma once

#include <string>

#include "daemon/config/settings.h"

namespace buoy::config {

// The answer of GET /config: for every key the value that the daemon works by, its source, what a
// reload does and whether the key is in effect at all. `loaded` is what was read last: a key that
// waits for a restart shows the value that it will have as "Pending". Secrets are masked.
std::string ConfigJson(const Settings& running, const Settings& loaded,
                       const std::string& config_file);

// {"debug":true,...}: the keys that flag or file set, secrets masked. For the log line
// "Reloaded configuration".
std::string GivenSettingsJson(const Settings& settings);

}  // namespace buoy::config
