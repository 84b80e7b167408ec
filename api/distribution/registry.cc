#include <cctype>

#include "api/distribution/errors.h"
#include "api/distribution/repository.h"

namespace buoy::distribution {

namespace {

constexpr int kPingTimeoutMs = 15'000;
constexpr int kMaxRedirects = 10;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Go's words for a request that was not sent for want of authorisation; what the token endpoint
// itself said stands alone.
Error Unanswered(const HttpRequest& request, Error error) {
  if (error.message() != kNoCredentials) return error;
  std::string verb = request.method.substr(0, 1);
  for (char c : request.method.substr(1)) verb += static_cast<char>(std::tolower(c));
  // Not kUnauthorized, which makes Docker's CLI ask for a password in the middle of a pull.
  return std::move(error)
      .Context(verb + " \"" + request.url.String() + "\"")
      .WithKind(ErrorKind::kInternal);
}

}  // namespace

Registry::Registry(const Endpoint& endpoint, Credentials credentials,
                   std::vector<std::string> scopes, bool offline)
    : endpoint_(endpoint),
      client_(endpoint.http),
      authorizer_(client_, endpoint.url, std::move(credentials), std::move(scopes), offline) {}

api::Url Registry::At(const std::string& path, const std::string& query) const {
  api::Url url = endpoint_.url;
  while (url.path.ends_with('/')) url.path.pop_back();
  url.path += path;
  url.query = query;
  return url;
}

Result<std::unique_ptr<Registry>> Registry::Open(const Endpoint& endpoint, Credentials credentials,
                                                 std::vector<std::string> scopes,
                                                 CancelSource* cancel, bool* spoke, bool offline) {
  *spoke = false;
  std::unique_ptr<Registry> registry(
      new Registry(endpoint, std::move(credentials), std::move(scopes), offline));
  HttpRequest ping;
  ping.url = registry->At("/v2/");
  ping.timeout_ms = kPingTimeoutMs;
  BUOY_ASSIGN(auto answer, registry->client_.Send(ping, cancel));
  *spoke = true;
  if (answer->status() == 401)
    registry->authorizer_.SetChallenges(ParseChallenges(answer->headers()));
  return registry;
}

Result<std::unique_ptr<HttpResponse>> Registry::Once(HttpRequest& request, CancelSource* cancel,
                                                     const std::string& extra_scope) {
  for (bool again = false;; again = true) {
    const bool own = request.url.SameOrigin(endpoint_.url);
    if (own) {
      auto header = authorizer_.Header(extra_scope, cancel);
      if (!header.ok()) return Unanswered(request, std::move(header).error());
      if (!header->empty()) request.headers.Set("Authorization", *header);
    }
    BUOY_ASSIGN(auto answer, client_.Send(request, cancel));
    const bool repeatable = request.method == "GET" || request.method == "HEAD";
    if (answer->status() != 401 || !own || again || !repeatable) return answer;
    authorizer_.DropToken();  // it may have expired before its time
  }
}

Result<std::unique_ptr<HttpResponse>> Registry::Do(HttpRequest request, CancelSource* cancel,
                                                   const std::string& extra_scope) {
  const bool follows = request.method == "GET" || request.method == "HEAD";
  for (int hops = 0;; ++hops) {
    BUOY_ASSIGN(auto answer, Once(request, cancel, extra_scope));
    const std::string location(answer->headers().Get("Location"));
    if (!follows || !IsRedirect(answer->status()) || location.empty()) return answer;
    if (hops == kMaxRedirects) {
      return Error(ErrorKind::kUnavailable, "stopped after 10 redirects");
    }
    BUOY_ASSIGN(api::Url next, request.url.Resolve(location));
    if (request.url.is_https() && !next.is_https() && !endpoint_.insecure) {
      return Error(ErrorKind::kUnavailable,
                   "refused to follow a redirect from https to " + next.String());
    }
    if (!next.SameOrigin(request.url)) {
      // Whatever spoke for us there is not for others.
      api::Headers kept;
      for (const auto& [name, value] : request.headers.fields()) {
        if (!api::EqualNoCase(name, "Authorization")) kept.Add(name, value);
      }
      request.headers = std::move(kept);
    }
    request.url = std::move(next);
  }
}

}  // namespace buoy::distribution
