#include "daemon/registry/registry_service.h"

#include <set>

#include "api/distribution/endpoints.h"
#include "api/distribution/errors.h"
#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "daemon/logging/log.h"

namespace buoy::registry {

namespace {

struct AuthJson {
  std::string username, password, auth, serveraddress, identitytoken, registrytoken;
};

template <class V>
void Fields(V& v, AuthJson& s) {
  v.Type("AuthConfig");
  v("username", s.username, json::kOmitEmpty);
  v("password", s.password, json::kOmitEmpty);
  v("auth", s.auth, json::kOmitEmpty);
  v("serveraddress", s.serveraddress, json::kOmitEmpty);
  v("identitytoken", s.identitytoken, json::kOmitEmpty);
  v("registrytoken", s.registrytoken, json::kOmitEmpty);
}

distribution::Credentials CredentialsOf(const AuthJson& auth) {
  return {auth.username, auth.password, auth.identitytoken, auth.registrytoken};
}

// Whether another endpoint may do better.
bool TriesOn(const Error& error, const distribution::Endpoint& endpoint, bool spoke) {
  if (error.kind() == ErrorKind::kCancelled) return false;
  return endpoint.mirror || !spoke;
}

}  // namespace

Result<distribution::Credentials> DecodeAuth(std::string_view header) {
  if (header.empty()) return distribution::Credentials{};
  auto decoded = Base64Decode(header);
  if (!decoded) return InvalidArgument("invalid X-Registry-Auth header: illegal base64 data");
  if (decoded->find_first_not_of(" \t\r\n") == std::string::npos)
    return distribution::Credentials{};
  auto auth = FromJson<AuthJson>(*decoded);
  if (!auth.ok()) return std::move(auth).error().Context("invalid X-Registry-Auth header");
  return CredentialsOf(*auth);
}

Status RegistryService::WithRepository(const Reference& name, const std::string& actions,
                                       const distribution::Credentials& credentials,
                                       distribution::CancelSource* cancel, const Work& work) {
  BUOY_ASSIGN(auto endpoints,
              distribution::EndpointsOf(settings(), name.domain(), actions == "pull"));
  std::set<std::string> speak_tls;  // never to be tried without
  Status last = Internal("no endpoints found for " + name.FamiliarString());
  for (const auto& endpoint : endpoints) {
    if (!endpoint.url.is_https() && speak_tls.contains(endpoint.url.Authority())) continue;
    bool spoke = false;
    auto repository =
        distribution::Repository::Open(endpoint, name.path(), actions, credentials, cancel, &spoke);
    last = repository.ok() ? work(*repository) : Status(std::move(repository).error());
    if (last.ok() || !TriesOn(last.error(), endpoint, spoke)) return last;
    if (spoke && endpoint.url.is_https())
      speak_tls.insert(endpoint.url.host + ":" + endpoint.url.port);
    log::Info("Attempting next endpoint after error: " + last.error().message(),
              {{"endpoint", endpoint.url.String()}});
  }
  return last;
}

Result<std::string> RegistryService::Authenticate(const std::string& auth_config_json) {
  auto auth = FromJson<AuthJson>(auth_config_json);
  if (!auth.ok()) return std::move(auth).error().Context("invalid JSON");
  std::string host = distribution::kIndexHost;
  if (!auth->serveraddress.empty()) {
    std::string address = auth->serveraddress;
    if (address.find("://") == std::string::npos) address = "https://" + address;
    BUOY_ASSIGN_CONTEXT(api::Url url, api::Url::Parse(address), "unable to parse server address");
    host = url.Authority();
    // A port that is the scheme's default must survive as what the user typed.
    if (address.starts_with("http://") && url.port == "80") host = url.host;
  }
  auto endpoints = distribution::EndpointsOf(settings(), host, false);
  if (!endpoints.ok()) return std::move(endpoints).error().WithKind(ErrorKind::kInvalidArgument);
  Error last = Internal("no endpoints found for " + host);
  for (const auto& endpoint : *endpoints) {
    bool spoke = false;
    auto registry =
        distribution::Registry::Open(endpoint, CredentialsOf(*auth), {}, nullptr, &spoke, true);
    if (!registry.ok()) {
      last = std::move(registry).error();
      continue;
    }
    distribution::HttpRequest request;
    request.url = (*registry)->At("/v2/");
    request.timeout_ms = 15'000;
    auto answer = (*registry)->Do(request, nullptr);
    if (!answer.ok()) {
      // No more attempts: the next one might be without TLS.
      if (answer.error().kind() == ErrorKind::kUnauthorized) {
        return Unauthorized("Get \"" + request.url.String() + "\": " + answer.error().message());
      }
      last = std::move(answer).error();
      continue;
    }
    if ((*answer)->status() == 200) return (*registry)->refresh_token();
    last = Internal("login attempt to " + request.url.String() +
                    " failed with status: " + distribution::StatusText((*answer)->status()));
    if ((*answer)->status() == 401) return std::move(last).WithKind(ErrorKind::kUnauthorized);
  }
  return last;
}

}  // namespace buoy::registry
