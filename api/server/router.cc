#include "api/server/router.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "api/server/authorization.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

std::string EscapeTarget(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    size_t slash = path.find('/');
    out += EscapePath(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    out.push_back('/');
    path.remove_prefix(slash + 1);
  }
  return out;
}

}  // namespace

VersionedPath SplitVersion(std::string_view path) {
  if (!path.starts_with("/v")) return {{}, path};
  size_t end = path.find_first_not_of("0123456789.", 2);
  if (end == 2 || end == std::string_view::npos || path[end] != '/') return {{}, path};
  return {path.substr(2, end - 2), path.substr(end)};
}

std::string CleanPath(std::string_view path) {
  std::vector<std::string_view> kept;
  bool trailing = path.ends_with('/');
  for (std::string_view rest = path; !rest.empty();) {
    size_t slash = rest.find('/');
    std::string_view segment = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string clean;
  for (std::string_view segment : kept) clean.append("/").append(segment);
  if (clean.empty() || trailing) clean.push_back('/');
  return clean;
}

Status Router::Add(std::vector<Route> routes) {
  for (auto& route : routes) {
    Pattern pattern = SplitPattern(route.pattern);
    for (size_t i = 0; i < routes_.size(); ++i) {
      if (routes_[i].method == route.method && patterns_[i].has_var == pattern.has_var &&
          patterns_[i].prefix == pattern.prefix && patterns_[i].suffix == pattern.suffix) {
        return Internal("two routes for " + route.method + " " + route.pattern);
      }
    }
    routes_.push_back(std::move(route));
    patterns_.push_back(std::move(pattern));
  }
  return Ok();
}

Router::Pattern Router::SplitPattern(const std::string& pattern) {
  size_t open = pattern.find('{'), close = pattern.find('}');
  if (open == std::string::npos) return {pattern, "", false};
  return {pattern.substr(0, open), pattern.substr(close + 1), true};
}

const Route* Router::Find(std::string_view method, std::string_view path, std::string& var) const {
  const Route* best = nullptr;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const Pattern& pattern = patterns_[i];
    if (routes_[i].method != method) continue;
    if (!pattern.has_var) {
      if (path == pattern.prefix) return &routes_[i];  // literal paths win over patterns
      continue;
    }
    size_t fixed = pattern.prefix.size() + pattern.suffix.size();
    if (best != nullptr || path.size() < fixed || !path.starts_with(pattern.prefix) ||
        !path.ends_with(pattern.suffix)) {
      continue;
    }
    best = &routes_[i];
    var = path.substr(pattern.prefix.size(), path.size() - fixed);
  }
  return best;
}

void Router::Serve(Exchange& exchange) const {
  const std::string& raw_path = exchange.head().path;
  if (raw_path != "*") {
    if (std::string clean = CleanPath(raw_path); clean != raw_path) {
      std::string target = EscapeTarget(clean);
      if (!exchange.head().query.empty()) target += "?" + exchange.head().query;
      exchange.headers().Set("Location", target);
      return exchange.Reply(301, "", "");
    }
  }
  VersionedPath split = SplitVersion(raw_path);
  Status status = Ok();
  const auto begin = std::chrono::steady_clock::now();
  const Route* route = nullptr;
  try {
    status = Dispatch(exchange, split.version, split.path, &route);
  } catch (const std::exception& fault) {
    status = Internal(std::string("internal error: ") + fault.what());
  }
  if (!status.ok()) ReplyError(exchange, status.error(), split.version);
  if (route == nullptr || !options_.observe) return;
  if (exchange.state() != Exchange::State::kReplied) return;
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  options_.observe({route->method, route->pattern, exchange.status(), taken.count()});
}

Status Router::Dispatch(Exchange& exchange, std::string_view version, std::string_view path,
                        const Route** found) const {
  if (exchange.head().method == "OPTIONS") {
    exchange.Reply(200, "", "");
    return Ok();
  }
  std::string var;
  const Route* route = Find(exchange.head().method, path, var);
  // Docker answers a known path with another method just so.
  if (route == nullptr) return NotFound("page not found");
  *found = route;
  if (options_.authorization == nullptr || !options_.authorization->Wanted()) {
    return Run(exchange, *route, version, std::move(var));
  }
  Authorization authorization(*options_.authorization, exchange);
  BUOY_TRY(authorization.CheckRequest());
  Status done = Run(exchange, *route, version, std::move(var));
  if (done.ok()) return authorization.CheckReply();
  authorization.ReportFailure();
  return done;
}

Status Router::Run(Exchange& exchange, const Route& route, std::string_view version,
                   std::string var) const {
  Headers& headers = exchange.headers();
  headers.Set("Api-Version", options_.max_version.Text());
  const bool experimental = options_.experimental && options_.experimental();
  headers.Set("Docker-Experimental", experimental ? "true" : "false");
  headers.Set("Ostype", "linux");
  headers.Set("Server", "Buoy/" + options_.server_version + " (linux)");
  ApiVersion asked = version.empty() ? options_.max_version : ApiVersion::Parse(version);
  if (asked < options_.min_version) {
    return InvalidArgument("client version " + std::string(version) +
                           " is too old. Minimum supported API version is " +
                           options_.min_version.Text() +
                           ", please upgrade your client to a newer version");
  }
  if (asked > options_.max_version) {
    return InvalidArgument("client version " + std::string(version) +
                           " is too new. Maximum supported API version is " +
                           options_.max_version.Text());
  }
  if (asked < route.since) {
    return InvalidArgument(route.method + " " + route.pattern + " requires minimum API version " +
                           route.since.Text());
  }
  ApiRequest request(exchange, asked, route.raw_body);
  request.set_var(std::move(var));
  BUOY_TRY(request.ParseForm());
  return route.handler(request);
}

void Router::ReplyError(Exchange& exchange, const Error& error, std::string_view version) const {
  int status = StatusOf(error.kind());
  if (status >= 500 && options_.log) {
    options_.log("Handler for " + exchange.head().method + " " + exchange.head().path +
                 " returned error: " + error.message());
  }
  switch (exchange.state()) {
    case Exchange::State::kOpen:
    case Exchange::State::kReplied:
      break;
    default:
      return exchange.Abandon();  // too late for words: the answer has begun
  }
  if (!version.empty() && ApiVersion::Parse(version) < kMinApiVersion) {
    // Clients of that age print the body as it is.
    return exchange.Reply(status, error.message() + "\n", "text/plain; charset=utf-8");
  }
  exchange.Reply(status, ErrorBody(error), "application/json");
}

}  // namespace buoy::api
