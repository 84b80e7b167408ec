#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::plugin {

// Where a plugin of the v1 protocol listens, as its socket or its .spec or .json file says.
struct PluginAddress {
  std::string name;
  std::string url;  // unix:///path, tcp://host:port, http(s)://host:port
  std::string ca, cert, key;
  bool insecure = true;  // https: any certificate will do
};

// Folders in which plugins make themselves known.
struct PluginPaths {
  std::string sockets = "/run/docker/plugins";
  std::vector<std::string> specs = {"/etc/docker/plugins", "/usr/lib/docker/plugins"};
};

// kNotFound "plugin \"x\" not found".
Result<PluginAddress> FindPlugin(const PluginPaths& paths, const std::string& name);
// The names of all, sorted, each once.
std::vector<std::string> ScanPlugins(const PluginPaths& paths);

}  // namespace buoy::plugin
