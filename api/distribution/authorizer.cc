#include "api/distribution/authorizer.h"

#include <algorithm>

#include "api/distribution/errors.h"
#include "api/http/query.h"
#include "common/base64/base64.h"
#include "common/json/codec.h"
#include "common/net/ip.h"

namespace buoy::distribution {

namespace {

constexpr char kClientId[] = "docker";
constexpr int kTokenTimeoutMs = 15'000;
constexpr size_t kMaxTokenBody = 1u << 20;
constexpr int64_t kLeastLifetime = 60;
constexpr int64_t kMostLifetime = 24 * 3600;

// "example.com" of "registry.example.com"; "" when what is left would be a suffix that anybody can
// register under ("com", "co.uk").
std::string ParentDomain(const std::string& host) {
  size_t dot = host.find('.');
  if (dot == std::string::npos) return "";
  std::string parent = host.substr(dot + 1);
  size_t inner = parent.find('.');
  if (inner == std::string::npos) return "";
  const bool short_suffix = parent.find('.', inner + 1) == std::string::npos && inner <= 3 &&
                            parent.size() - inner - 1 == 2;
  return short_suffix ? "" : parent;
}

bool Below(const std::string& host, const std::string& domain) {
  return !domain.empty() && (host == domain || host.ends_with("." + domain));
}

std::string TextOf(const json::Json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string Basic(const Credentials& credentials) {
  return "Basic " + Base64Encode(credentials.username + ":" + credentials.password);
}

}  // namespace

bool MaySeeCredentials(const api::Url& registry, const api::Url& realm) {
  if (registry.is_https() && !realm.is_https()) return false;
  if (registry.host == realm.host) return true;
  if (net::IpAddress::Parse(registry.host) || net::IpAddress::Parse(realm.host)) return false;
  return Below(realm.host, registry.host) || Below(realm.host, ParentDomain(registry.host));
}

void Authorizer::SetChallenges(std::vector<Challenge> challenges) {
  std::lock_guard lock(mutex_);
  challenges_ = std::move(challenges);
}

void Authorizer::DropToken() {
  std::lock_guard lock(mutex_);
  token_ = {};
}

std::string Authorizer::refresh_token() const {
  std::lock_guard lock(mutex_);
  return refresh_token_;
}

Result<std::string> Authorizer::Header(const std::string& extra_scope, CancelSource* cancel) {
  std::lock_guard lock(mutex_);
  if (challenges_.empty()) return std::string();
  if (!credentials_.registry_token.empty()) return "Bearer " + credentials_.registry_token;
  for (const auto& challenge : challenges_) {
    if (challenge.scheme != "bearer") continue;
    const bool extra = !extra_scope.empty() &&
                       std::find(scopes_.begin(), scopes_.end(), extra_scope) == scopes_.end();
    if (!extra && !token_.text.empty() && std::chrono::steady_clock::now() < token_.expires) {
      return "Bearer " + token_.text;
    }
    auto scopes = scopes_;
    if (extra) scopes.push_back(extra_scope);
    BUOY_ASSIGN(Token token, Fetch(challenge, scopes, cancel));
    if (!extra) token_ = token;
    return "Bearer " + token.text;
  }
  for (const auto& challenge : challenges_) {
    if (challenge.scheme != "basic") continue;
    if (credentials_.username.empty() || credentials_.password.empty()) {
      return Unauthorized(kNoCredentials);
    }
    return Basic(credentials_);
  }
  return std::string();
}

HttpRequest Authorizer::TokenRequest(const api::Url& realm, const std::string& service,
                                     const std::vector<std::string>& scopes) const {
  HttpRequest request;
  request.url = realm;
  request.timeout_ms = kTokenTimeoutMs;
  const bool trusted = MaySeeCredentials(registry_, realm);
  if (trusted && !credentials_.identity_token.empty()) {
    std::string joined;
    for (const auto& scope : scopes) joined += (joined.empty() ? "" : " ") + scope;
    request.method = "POST";
    request.headers.Set("Content-Type", "application/x-www-form-urlencoded");
    request.body = api::Query{
        {"client_id", kClientId},
        {"grant_type", "refresh_token"},
        {"refresh_token", credentials_.identity_token},
        {"scope", joined},
        {"service",
         service}}.Encode();
    return request;
  }
  api::Query query = api::Query::Parse(realm.query);
  query.AddIf("service", service);
  for (const auto& scope : scopes) query.Add("scope", scope);
  if (offline_) query.Add("offline_token", "true").Add("client_id", kClientId);
  if (trusted && !credentials_.username.empty() && !credentials_.password.empty()) {
    query.Add("account", credentials_.username);
    request.headers.Set("Authorization", Basic(credentials_));
  }
  request.url.query = query.Encode();
  return request;
}

Result<Authorizer::Token> Authorizer::Fetch(const Challenge& challenge,
                                            const std::vector<std::string>& scopes,
                                            CancelSource* cancel) {
  const std::string realm_text = challenge.Get("realm");
  if (realm_text.empty()) return Internal("no realm specified for token auth challenge");
  auto realm = api::Url::Parse(realm_text);
  if (!realm.ok()) {
    return Internal("invalid token auth challenge realm: " + realm.error().message());
  }
  const HttpRequest request = TokenRequest(*realm, challenge.Get("service"), scopes);
  BUOY_ASSIGN(auto response, client_.Send(request, cancel));
  if (response->status() / 100 != 2) return ErrorOf(*response);
  BUOY_ASSIGN(std::string body, ReadAll(*response, kMaxTokenBody));
  auto answer = json::Parse(body);
  if (!answer.ok() || !answer->is_object()) {
    return Internal("unable to decode token response: " +
                    (answer.ok() ? "not an object" : answer.error().message()));
  }
  Token token;
  token.text = TextOf(*answer, "access_token");
  if (token.text.empty()) token.text = TextOf(*answer, "token");
  if (token.text.empty())
    return Internal("authorization server did not include a token in the response");
  if (token.text.find_first_of("\r\n") != std::string::npos) {
    return Internal("unable to decode token response: malformed token");
  }
  if (std::string refresh = TextOf(*answer, "refresh_token"); !refresh.empty()) {
    refresh_token_ = refresh;
  }
  int64_t lifetime = kLeastLifetime;
  auto expires = answer->find("expires_in");
  if (expires != answer->end() && expires->is_number_integer()) {
    lifetime = std::clamp(expires->get<int64_t>(), kLeastLifetime, kMostLifetime);
  }
  // A little early, so that it does not expire on the way.
  token.expires = std::chrono::steady_clock::now() + std::chrono::seconds(lifetime * 9 / 10);
  return token;
}

}  // namespace buoy::distribution
