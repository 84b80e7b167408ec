#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/distribution/repository.h"
#include "api/distribution/settings.h"
#include "api/server/backend/filters.h"
#include "common/reference/reference.h"
#include "common/result/result.h"
#include "common/types/image.h"

namespace buoy::registry {

// X-Registry-Auth as a client sends it (base64url JSON); "" and "{}" are no credentials.
Result<distribution::Credentials> DecodeAuth(std::string_view header);

// Registries by the daemon's configuration of the moment. Thread-safe.
class RegistryService {
 public:
  explicit RegistryService(std::function<distribution::Settings()> settings)
      : settings_(std::move(settings)) {}

  distribution::Settings settings() const { return settings_(); }

  // Carries `work` out at the first endpoint of the name's registry where it succeeds. `actions`
  // is "pull" (mirrors come first) or "push,pull". After an error the next endpoint is tried where
  // Docker does so: a mirror failed, or nothing there spoke as a registry. kCancelled at once.
  using Work = std::function<Status(const std::shared_ptr<distribution::Repository>&)>;
  Status WithRepository(const Reference& name, const std::string& actions,
                        const distribution::Credentials& credentials,
                        distribution::CancelSource* cancel, const Work& work);

  // POST /auth: checks credentials with their registry; the identity token, "" = none.
  Result<std::string> Authenticate(const std::string& auth_config_json);

  // `docker search`: Docker Hub's index, or the v1 search of the term's registry.
  Result<std::vector<types::ImageSearchResult>> Search(
      const std::string& term, int limit, const api::Filters& filters,
      const distribution::Credentials& credentials);

 private:
  const std::function<distribution::Settings()> settings_;
};

}  // namespace buoy::registry
