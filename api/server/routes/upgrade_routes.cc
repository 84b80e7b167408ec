#include "api/server/routes/routes.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

constexpr int64_t kMaxTimeout = 24 * 3600;

Status Upgrade(UpgradeBackend& backend, ApiRequest& request) {
  UpgradeOptions options;
  options.path = request.Get("path");
  if (!options.path.empty() && options.path[0] != '/') {
    return InvalidArgument("the new daemon's path must be absolute: " + options.path);
  }
  if (request.query().Has("timeout")) {
    BUOY_ASSIGN_CONTEXT(const int64_t seconds, ParseInt64(request.Get("timeout")),
                        "invalid timeout");
    if (seconds <= 0 || seconds > kMaxTimeout) {
      return InvalidArgument("invalid timeout: " + request.Get("timeout"));
    }
    options.timeout = std::chrono::seconds(seconds);
  }
  // The daemon that is replaced does not wait for the one who asked for it.
  request.FinishAlone();
  BUOY_ASSIGN(UpgradeReport report, backend.Upgrade(options));
  return request.ReplyJson(200, "{\"Pid\":" + std::to_string(report.pid) +
                                    ",\"Version\":" + JsonQuote(report.version) + "}");
}

constexpr RouteRow<UpgradeBackend> kRoutes[] = {
    // Buoy's own.
    {"POST", "/upgrade", {1, 24}, Upgrade},
};

}  // namespace

std::vector<Route> UpgradeRoutes(UpgradeBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
