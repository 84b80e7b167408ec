#include "api/server/compat.h"
#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

// Events as clients before 1.46 know them: without the creation of images.
class OldEventsClient : public Handover, public ByteSink {
 public:
  explicit OldEventsClient(Handover& client) : client_(client) {}

  Result<TakenStream> Take(StreamKind kind) override { return client_.Take(kind); }
  Result<ByteSink*> Answer(StreamKind kind) override {
    BUOY_ASSIGN(out_, client_.Answer(kind));
    return static_cast<ByteSink*>(this);
  }
  int client_fd() const override { return client_.client_fd(); }
  Status Write(std::string_view event) override {
    bool image_created =
        event.find("\"Type\":\"image\",\"Action\":\"create\"") != std::string_view::npos;
    return image_created ? Ok() : out_->Write(event);
  }

 private:
  Handover& client_;
  ByteSink* out_ = nullptr;
};

Status Ping(SystemBackend& backend, ApiRequest& request) {
  Headers& headers = request.response_headers();
  headers.Set("Cache-Control", "no-cache, no-store, must-revalidate");
  headers.Set("Pragma", "no-cache");
  headers.Set("Builder-Version", "1");  // no BuildKit
  headers.Set("Swarm", backend.SwarmStatus());
  bool is_head = request.head().method == "HEAD";
  request.exchange().Reply(200, is_head ? "" : "OK", "text/plain; charset=utf-8");
  return Ok();
}

Status Info(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto info, backend.Info());
  return request.ReplyJson(200, InfoJsonFor(request.version(), ToJson(info)));
}

Status Version(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto version, backend.Version());
  return request.ReplyJsonOf(200, version);
}

Status DiskUsageOf(SystemBackend& backend, ApiRequest& request) {
  DiskUsageOptions options;
  if (!request.Before({1, 42}) && request.query().Has("type")) {
    options = {false, false, false, false};
    for (const std::string& type : request.query().All("type")) {
      if (type == "container") {
        options.containers = true;
      } else if (type == "image") {
        options.images = true;
      } else if (type == "volume") {
        options.volumes = true;
      } else if (type == "build-cache") {
        options.build_cache = true;
      } else {
        return InvalidArgument("unknown object type: " + type);
      }
    }
  }
  BUOY_ASSIGN(auto usage, backend.DiskUsage(options));
  return request.ReplyJson(200, DiskUsageJsonFor(request.version(), ToJson(usage)));
}

Status Events(SystemBackend& backend, ApiRequest& request) {
  EventsOptions options;
  BUOY_ASSIGN_CONTEXT(options.since_ns, ParseUnixTimestamp(request.Get("since")),
                      "invalid value for 'since'");
  BUOY_ASSIGN_CONTEXT(options.until_ns, ParseUnixTimestamp(request.Get("until")),
                      "invalid value for 'until'");
  if (options.until_ns != 0 && options.until_ns < options.since_ns) {
    return InvalidArgument("`since` time (" + request.Get("since") +
                           ") cannot be after `until` time (" + request.Get("until") + ")");
  }
  BUOY_ASSIGN(options.filters, request.filters());
  if (!request.Before({1, 46})) return backend.Events(options, request);
  OldEventsClient client(request);
  return backend.Events(options, client);
}

Status Config(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string config, backend.Config());
  return request.ReplyJson(200, std::move(config));
}

Status ReloadConfig(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string verdicts, backend.ReloadConfig(request.Bool("dry-run")));
  return request.ReplyJson(200, std::move(verdicts));
}

constexpr RouteRow<SystemBackend> kRoutes[] = {
    {"GET", "/_ping", {1, 24}, Ping},
    {"HEAD", "/_ping", {1, 24}, Ping},
    {"GET", "/info", {1, 24}, Info},
    {"GET", "/version", {1, 24}, Version},
    {"GET", "/events", {1, 24}, Events},
    {"GET", "/system/df", {1, 24}, DiskUsageOf},
    // Buoy's own.
    {"GET", "/config", {1, 24}, Config},
    {"POST", "/config/reload", {1, 24}, ReloadConfig},
};

}  // namespace

std::vector<Route> SystemRoutes(SystemBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
