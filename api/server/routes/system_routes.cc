#include "api/server/compat.h"
#include "api/server/routes/routes.h"
#include "api/server/status.h"

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
  void FinishAlone() override { client_.FinishAlone(); }
  int interrupt_fd() override { return client_.interrupt_fd(); }
  void Interrupt(std::string cursor) override { client_.Interrupt(std::move(cursor)); }
  const std::optional<std::string>& continued() const override { return client_.continued(); }
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
  // "0" is the beginning of time, which is not the same as no bound.
  if (options.since_ns == 0 && !request.Get("since").empty()) options.since_ns = 1;
  if (options.until_ns != 0 && options.until_ns < options.since_ns) {
    return InvalidArgument("`since` time (" + request.Get("since") +
                           ") cannot be after `until` time (" + request.Get("until") + ")");
  }
  BUOY_ASSIGN(options.filters, request.filters());
  if (!request.Before({1, 46})) return backend.Events(options, request);
  OldEventsClient client(request);
  return backend.Events(options, client);
}

// `keep-storage` is what `reserved-space` was called before 1.48.
Result<int64_t> ReadSpace(const ApiRequest& request, const char* name) {
  std::string text = request.Get(name);
  if (text.empty()) return int64_t{0};
  BUOY_ASSIGN_CONTEXT(int64_t bytes, ParseInt64(text),
                      std::string(name) + " is in bytes and expects an integer, got " + text);
  return bytes;
}

Status PruneBuild(SystemBackend& backend, ApiRequest& request) {
  BuildPruneOptions options;
  options.all = request.Bool("all");
  BUOY_ASSIGN(options.filters, request.filters());
  if (request.Before({1, 48})) {
    BUOY_ASSIGN(options.reserved_space, ReadSpace(request, "keep-storage"));
  } else {
    const char* reserved =
        request.query().Has("reserved-space") ? "reserved-space" : "keep-storage";
    BUOY_ASSIGN(options.reserved_space, ReadSpace(request, reserved));
    BUOY_ASSIGN(options.max_used_space, ReadSpace(request, "max-used-space"));
    BUOY_ASSIGN(options.min_free_space, ReadSpace(request, "min-free-space"));
  }
  BUOY_ASSIGN(BuildPruneReport report, backend.PruneBuild(options));
  std::string deleted = "null";
  for (size_t i = 0; i < report.caches_deleted.size(); ++i) {
    deleted = (i == 0 ? "[" : deleted + ",") + JsonQuote(report.caches_deleted[i]);
  }
  if (!report.caches_deleted.empty()) deleted += "]";
  return request.ReplyJson(200, "{\"CachesDeleted\":" + deleted + ",\"SpaceReclaimed\":" +
                                    std::to_string(report.space_reclaimed) + "}");
}

Status Config(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string config, backend.Config());
  return request.ReplyJson(200, std::move(config));
}

Status ReloadConfig(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string verdicts, backend.ReloadConfig(request.Bool("dry-run")));
  return request.ReplyJson(200, std::move(verdicts));
}

Status CheckStore(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string report, backend.CheckStore(false));
  return request.ReplyJson(200, std::move(report));
}

Status RepairStore(SystemBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string report, backend.CheckStore(true));
  return request.ReplyJson(200, std::move(report));
}

constexpr RouteRow<SystemBackend> kRoutes[] = {
    {"GET", "/_ping", {1, 24}, Ping},
    {"HEAD", "/_ping", {1, 24}, Ping},
    {"GET", "/version", {1, 24}, Version},
    {"GET", "/events", {1, 24}, Events},
    {"GET", "/system/df", {1, 24}, DiskUsageOf},
    {"POST", "/build/prune", {1, 31}, PruneBuild},
    // Buoy's own.
    {"GET", "/config", {1, 24}, Config},
    {"POST", "/config/reload", {1, 24}, ReloadConfig},
    {"GET", "/system/check", {1, 24}, CheckStore},
    {"POST", "/system/check", {1, 24}, RepairStore},
};

}  // namespace

std::vector<Route> SystemRoutes(SystemBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
