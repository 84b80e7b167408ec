#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/server/request.h"

namespace buoy::api {

// One route: `pattern` is a path below the version prefix with at most one {name}, which matches
// anything, slashes included (images have them).
struct Route {
  std::string method;
  std::string pattern;
  ApiVersion since;
  std::function<Status(ApiRequest&)> handler;
};

// A noun's table: handlers as plain functions of its backend.
template <class Backend>
struct RouteRow {
  const char* method;
  const char* pattern;
  ApiVersion since;
  Status (*handler)(Backend&, ApiRequest&);
};

template <class Backend, size_t N>
std::vector<Route> BindRoutes(Backend& backend, const RouteRow<Backend> (&rows)[N]) {
  std::vector<Route> routes;
  for (const auto& row : rows) {
    routes.push_back({row.method, row.pattern, row.since,
                      [&backend, handler = row.handler](ApiRequest& request) {
                        return handler(backend, request);
                      }});
  }
  return routes;
}

struct RouterOptions {
  std::string server_version;  // for the Server header
  ApiVersion min_version = kMinApiVersion;
  ApiVersion max_version = kMaxApiVersion;
  // What is worth a line in the daemon's log: errors of class 500.
  std::function<void(const std::string&)> log;
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
  Status Dispatch(Exchange& exchange, std::string_view version, std::string_view path) const;
  void ReplyError(Exchange& exchange, const Error& error, std::string_view version) const;

  RouterOptions options_;
  std::vector<Route> routes_;
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
