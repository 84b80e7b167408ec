#include "daemon/plugin/load.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/json/codec.h"
#include "daemon/logging/log.h"

namespace buoy::plugin {
namespace {

// A plugin that is started with the machine may come a little later than the daemon.
constexpr std::chrono::milliseconds kPauses[] = {std::chrono::seconds(1), std::chrono::seconds(2),
                                                 std::chrono::seconds(4)};

struct Manifest {
  json::List<std::string> implements;
};
template <class V>
void Fields(V& v, Manifest& m) {
  v("Implements", m.implements);
}

Result<PluginAddress> FindPatiently(const PluginPaths& paths, const std::string& name,
                                    PluginClient::Patience patience) {
  auto address = FindPlugin(paths, name);
  if (patience == PluginClient::Patience::kNone) return address;
  for (const auto pause : kPauses) {
    if (address.ok() || address.error().kind() != ErrorKind::kNotFound) break;
    log::Warn("Unable to locate plugin: " + name + ", retrying in " +
              std::to_string(pause.count() / 1000) + "s");
    std::this_thread::sleep_for(pause);
    address = FindPlugin(paths, name);
  }
  return address;
}

}  // namespace

Result<PluginClient> LoadPlugin(const PluginPaths& paths, const std::string& name,
                                std::string_view implements, PluginClient::Patience patience) {
  BUOY_ASSIGN(PluginAddress address, FindPatiently(paths, name, patience));
  PluginClient client(std::move(address));
  BUOY_ASSIGN(std::string text, client.Call("Plugin.Activate", "", patience));
  BUOY_ASSIGN(Manifest manifest, FromJson<Manifest>(text));
  const auto& kinds = manifest.implements;
  if (std::find(kinds.begin(), kinds.end(), implements) != kinds.end()) return client;
  return InvalidArgument("Plugin does not implement the requested driver: plugin=\"" + name +
                         "\", requested implementation=\"" + std::string(implements) + "\"");
}

}  // namespace buoy::plugin
