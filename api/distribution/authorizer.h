#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "api/distribution/challenge.h"
#include "api/distribution/http_client.h"

namespace buoy::distribution {

inline constexpr char kNoCredentials[] = "no basic auth credentials";

// X-Registry-Auth, decoded.
struct Credentials {
  std::string username, password;
  std::string identity_token;  // an OAuth2 refresh token
  std::string registry_token;  // sent as it is

  bool empty() const {
    return username.empty() && password.empty() && identity_token.empty() && registry_token.empty();
  }
  bool operator==(const Credentials&) const = default;
};

// Whether a token endpoint may see the credentials of a registry: it has the registry's host or
// one in the same domain (auth.docker.io for registry-1.docker.io), and no worse protection. A
// registry that sends its clients elsewhere for a token gets an anonymous one.
bool MaySeeCredentials(const api::Url& registry, const api::Url& realm);

// Answers the challenges of one registry for one set of scopes: Basic, and Bearer with tokens that
// are kept until they expire. Thread-safe.
class Authorizer {
 public:
  // `scopes` as in "repository:library/busybox:pull"; `client` must outlive it. With `offline` a
  // refresh token is asked for too (login).
  Authorizer(HttpClient& client, api::Url registry, Credentials credentials,
             std::vector<std::string> scopes, bool offline = false)
      : client_(client),
        registry_(std::move(registry)),
        credentials_(std::move(credentials)),
        scopes_(std::move(scopes)),
        offline_(offline) {}

  void SetChallenges(std::vector<Challenge> challenges);
  // The value of Authorization for a request to the registry; "" = none is needed.
  // kUnauthorized "no basic auth credentials"; errors of the token endpoint.
  Result<std::string> Header(const std::string& extra_scope, CancelSource* cancel);
  // The registry did not like the last token.
  void DropToken();
  // The refresh token that the endpoint gave, "" = none.
  std::string refresh_token() const;

 private:
  struct Token {
    std::string text;
    std::chrono::steady_clock::time_point expires;
  };
  Result<Token> Fetch(const Challenge& challenge, const std::vector<std::string>& scopes,
                      CancelSource* cancel);
  HttpRequest TokenRequest(const api::Url& realm, const std::string& service,
                           const std::vector<std::string>& scopes) const;

  HttpClient& client_;
  const api::Url registry_;
  const Credentials credentials_;
  const std::vector<std::string> scopes_;
  const bool offline_;
  mutable std::mutex mutex_;  // also held while a token is fetched: one at a time
  std::vector<Challenge> challenges_;
  Token token_;
  std::string refresh_token_;
};

}  // namespace buoy::distribution
