#pragma once

#include <string>

#include "common/result/result.h"
#include "daemon/plugin/plugin_address.h"

namespace buoy::plugin {

// Calls of the v1 plugin protocol: one POST with JSON each, on a connection of its own.
// Thread-safe.
class PluginClient {
 public:
  explicit PluginClient(PluginAddress address) : address_(std::move(address)) {}

  enum class Patience {
    kNone,   // the plugin is there or it is not
    kRetry,  // one that is just being restarted is waited for
  };
  // The answer's body. Errors: kUnavailable with Go's text when the plugin cannot be reached,
  // kInternal "VolumeDriver.Mount: ..." for another status than 200.
  Result<std::string> Call(const std::string& method, const std::string& body, Patience patience,
                           int timeout_ms = 60'000) const;

  const std::string& name() const { return address_.name; }

 private:
  Result<std::string> CallOnce(const std::string& method, const std::string& body,
                               int timeout_ms) const;

  PluginAddress address_;
};

}  // namespace buoy::plugin
