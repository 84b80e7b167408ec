#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/server/backend/authorization_backend.h"
#include "common/result/result.h"
#include "daemon/plugin/plugin_client.h"

namespace buoy::authorization {

// The plugins of `authorization-plugins`, asked in their order; all must agree. Thread-safe.
class PluginChain : public api::AuthorizationBackend {
 public:
  // Finds and activates them, so that a change can be refused before it is made.
  struct Link {
    std::string name;
    plugin::PluginClient client;
  };
  using Links = std::vector<Link>;
  static Result<std::shared_ptr<const Links>> Load(const std::vector<std::string>& names,
                                                   plugin::PluginClient::Patience patience);

  // For requests from now on.
  void Set(std::shared_ptr<const Links> links);

  bool Wanted() const override { return wanted_; }
  Status CheckRequest(const api::AuthorizationFacts& facts) override;
  Status CheckAnswer(const api::AuthorizationFacts& facts) override;

 private:
  Status Ask(const char* method, const api::AuthorizationFacts& facts);

  std::atomic<bool> wanted_ = false;
  std::mutex mutex_;
  std::shared_ptr<const Links> links_ = std::make_shared<const Links>();
};

}  // namespace buoy::authorization
