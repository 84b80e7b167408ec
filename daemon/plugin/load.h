#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"
#include "daemon/plugin/plugin_client.h"

namespace buoy::plugin {

// Finds a plugin and asks it (Plugin.Activate) what it implements. Errors have Docker's texts:
// `plugin "x" not found`; `Plugin does not implement the requested driver: plugin="x", requested
// implementation="authz"`.
Result<PluginClient> LoadPlugin(const PluginPaths& paths, const std::string& name,
                                std::string_view implements, PluginClient::Patience patience);

}  // namespace buoy::plugin
