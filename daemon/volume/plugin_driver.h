#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/plugin/plugin_client.h"

namespace buoy::volume {

using plugin::PluginAddress;
using plugin::PluginClient;
using plugin::PluginPaths;

// A volume as its plugin describes it.
struct PluginVolume {
  std::string name;
  std::string mountpoint;
  std::string created_at;
  std::string status;  // a JSON object, or empty
};

// The methods of a volume plugin. Errors are the plugin's own texts, or kUnavailable when it cannot
// be reached. Thread-safe.
class PluginDriver {
 public:
  explicit PluginDriver(PluginAddress address) : client_(std::move(address)) {}

  // Asks what it implements. kInternal with Docker's text when that is not volumes.
  Status Activate();

  Status Create(const std::string& volume, const std::map<std::string, std::string>& options);
  Status Remove(const std::string& volume);
  Result<std::string> Mount(const std::string& volume, const std::string& id);
  // Tries once: who gets kUnavailable tries again later.
  Status Unmount(const std::string& volume, const std::string& id);
  Result<std::string> Path(const std::string& volume);
  // No value = the plugin does not know it.
  Result<std::optional<PluginVolume>> Get(const std::string& volume);
  Result<std::vector<PluginVolume>> List();
  std::string Scope();  // "local" or "global", asked once

  const std::string& name() const { return client_.name(); }

 private:
  PluginClient client_;
  std::mutex mutex_;
  std::string scope_;
};

// The plugins in use. Thread-safe.
class PluginDrivers {
 public:
  explicit PluginDrivers(PluginPaths paths = {}) : paths_(std::move(paths)) {}

  // kNotFound "error looking up volume plugin x: plugin \"x\" not found".
  Result<std::shared_ptr<PluginDriver>> Find(const std::string& name);
  // All that answer and implement volumes, and those that were in use before.
  std::vector<std::shared_ptr<PluginDriver>> All();
  // Names of those in use.
  std::vector<std::string> Names();

 private:
  PluginPaths paths_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PluginDriver>> drivers_;
};

}  // namespace buoy::volume
