#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/backend/authorization_backend.h"
#include "api/server/request.h"

namespace buoy::api {

// One route: `pattern` is a path below the version prefix with at most one {name}, which matches
// anything, slashes included (images have them).
struct Route {
  std::string method;
  std::string pattern;
  ApiVersion since;
  std::function<Status(ApiRequest&)> handler;
  // The body is a stream (a tar) that must not be taken for a form, as what curl declares it.
  bool raw_body = false;
};

// A noun's table: handlers as plain functions of its backend.
template <class Backend>
struct RouteRow {
  const char* method;
  const char* pattern;
  ApiVersion since;
  Status (*handler)(Backend&, ApiRequest&);
  bool raw_body = false;
};

template <class Backend, size_t N>
std::vector<Route> BindRoutes(Backend& backend, const RouteRow<Backend> (&rows)[N]) {
  std::vector<Route> routes;
  for (const auto& row : rows) {
    routes.push_back({row.method, row.pattern, row.since,
                      [&backend, handler = row.handler](ApiRequest& request) {
                        return handler(backend, request);
                      },
                      row.raw_body});
  }
  return routes;
}

// One request that was answered whole, not by a stream.
struct Observation {
  const std::string& method;
  const std::string& pattern;  // of its route
  int status;
  double seconds;
};

struct RouterOptions {
  std::string server_version;  // for the Server header
  ApiVersion min_version = kMinApiVersion;
  ApiVersion max_version = kMaxApiVersion;
  // What is worth a line in the daemon's log: errors of class 500.
  std::function<void(const std::string&)> log;
  // May be null.
  std::shared_ptr<AuthorizationBackend> authorization;
  // May be empty. Called after the handler, which may have taken the daemon behind it away
  // (upgrade).
  std::function<void(const Observation&)> observe;
  std::function<bool()> experimental;
};

// Finds the handler of a request, speaks Docker's version negotiation, turns errors into answers.
class Router {
 public:
  explicit Router(RouterOptions options) : options_(std::move(options)) {}

  // Before serving. Fails (kInternal) on a method and path that are there already.
  Status Add(std::vector<Route> routes);
  const std::vector<Route>& routes() const { return routes_; }

  // Thread-safe.
  void Serve(Exchange& exchange) const;

 private:
  const Route* Find(std::string_view method, std::string_view path, std::string& var) const;
  Status Dispatch(Exchange& exchange, std::string_view version, std::string_view path,
                  const Route** found) const;
  Status Run(Exchange& exchange, const Route& route, std::string_view version,
             std::string var) const;
  void ReplyError(Exchange& exchange, const Error& error, std::string_view version) const;

  RouterOptions options_;
  // A route's pattern, cut at its {name} once.
  struct Pattern {
    std::string prefix, suffix;
    bool has_var;
  };
  static Pattern SplitPattern(const std::string& pattern);

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // of routes_, in their order
};

// Splits "/v1.41/info" into "1.41" and "/info"; no prefix gives an empty version.
struct VersionedPath {
  std::string_view version;
  std::string_view path;
};
VersionedPath SplitVersion(std::string_view path);

// path.Clean as gorilla/mux applies it: no empty, "." and ".." segments; a last '/' stays.
std::string CleanPath(std::string_view path);

}  // namespace buoy::api
