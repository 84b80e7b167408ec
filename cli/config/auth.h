#pragma once

#include <string>
#include <string_view>

#include "cli/config/config_file.h"
#include "common/result/result.h"

namespace buoy::cli {

inline constexpr char kDockerHubServer[] = "https://index.docker.io/v1/";

struct AuthConfig {
  std::string username, password, server_address, identity_token, registry_token;
};

std::string Base64(std::string_view data, bool url_safe = false);
Result<std::string> DecodeBase64(std::string_view text);

// The key of a registry's credentials: Docker Hub has its own.
std::string AuthKey(const std::string& domain);
// The domain of an image name ("docker.io" when it has none).
std::string ImageDomain(std::string_view image);

// Credentials for a registry from config.json ("auths", credHelpers, credsStore); empty when there
// are none. Runs a docker-credential-* helper when one is configured.
Result<AuthConfig> FindAuth(const ConfigFile& config, const std::string& server);
// The X-Registry-Auth header's value.
std::string EncodeAuth(const AuthConfig& auth);
// EncodeAuth of the credentials for an image's registry.
Result<std::string> AuthHeaderForImage(const ConfigFile& config, std::string_view image);

Status StoreAuth(ConfigFile& config, const AuthConfig& auth);
// True when there was something to erase.
Result<bool> EraseAuth(ConfigFile& config, const std::string& server);

}  // namespace buoy::cli
