#pragma once

#include <string>
#include <vector>

#include "daemon/config/reload_plan.h"
#include "daemon/config/settings.h"

namespace buoy::config {

// To be logged as warnings at start: keys that were set although what they ask for is not built
// yet or belongs to a part of Docker that Buoy does not have. Nothing is ignored silently.
std::vector<std::string> Notices(const Settings& settings);
// The same after a reload, of the keys that it changed.
std::vector<std::string> Notices(const Settings& settings, const ReloadPlan& plan);

// Docker's warnings about one of `hosts`, to be logged with the field host=<host> before it is
// listened on: tcp without client certificates. Empty for other hosts.
std::vector<std::string> HostWarnings(const Settings& settings, const std::string& host);

}  // namespace buoy::config
