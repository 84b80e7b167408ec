#include "api/server/compat.h"
#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

Status List(ContainerBackend& backend, ApiRequest& request) {
  ContainerListOptions options;
  options.all = request.Bool("all");
  options.size = request.Bool("size");
  BUOY_ASSIGN(options.filters, request.filters());
  // Names of the days before filters, still sent by old clients.
  for (const char* name : {"since", "before"}) {
    if (std::string ref = request.Get(name); !ref.empty()) options.filters[name].insert(ref);
  }
  if (std::string limit = request.Get("limit"); !limit.empty()) {
    BUOY_ASSIGN(options.limit, ParseAtoi(limit));
  }
  BUOY_ASSIGN(auto containers, backend.List(options));
  return request.ReplyJson(200, ContainersJsonFor(request.version(), ToJson(containers)));
}

Status Inspect(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto container, backend.Inspect(request.var(), request.Bool("size")));
  return request.ReplyJson(200, ContainerInspectJsonFor(request.version(), ToJson(container)));
}

Status Top(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto processes, backend.Top(request.var(), request.Get("ps_args")));
  return request.ReplyJsonOf(200, processes);
}

Status Start(ContainerBackend& backend, ApiRequest& request) {
  const BodyFraming& framing = request.body().framing();
  if (framing.chunked || framing.length > 7) {
    return InvalidArgument(
        "starting container with non-empty request body was deprecated since API v1.22 and removed "
        "in v1.24");
  }
  BUOY_TRY(backend.Start(request.var(), request.Get("detachKeys")));
  return request.ReplyEmpty(204);
}

struct StopParameters {
  std::string signal;
  std::optional<int> timeout;
};

Result<StopParameters> ReadStopParameters(const ApiRequest& request) {
  StopParameters parameters;
  if (!request.Before({1, 42})) parameters.signal = request.Get("signal");
  if (std::string seconds = request.Get("t"); !seconds.empty()) {
    BUOY_ASSIGN(parameters.timeout, ParseAtoi(seconds));
  }
  return parameters;
}

Status Stop(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(StopParameters parameters, ReadStopParameters(request));
  BUOY_TRY(backend.Stop(request.var(), parameters.signal, parameters.timeout));
  return request.ReplyEmpty(204);
}

Status Restart(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(StopParameters parameters, ReadStopParameters(request));
  BUOY_TRY(backend.Restart(request.var(), parameters.signal, parameters.timeout));
  return request.ReplyEmpty(204);
}

Status Kill(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY_CONTEXT(backend.Kill(request.var(), request.Get("signal")),
                   "cannot kill container: " + request.var());
  return request.ReplyEmpty(204);
}

Status Pause(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Pause(request.var()));
  return request.ReplyEmpty(204);
}

Status Unpause(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Unpause(request.var()));
  return request.ReplyEmpty(204);
}

Status Rename(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Rename(request.var(), request.Get("name")));
  return request.ReplyEmpty(204);
}

Status Resize(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN_CONTEXT(uint32_t height, ParseUint32(request.Get("h")),
                      "invalid resize height \"" + request.Get("h") + "\"");
  BUOY_ASSIGN_CONTEXT(uint32_t width, ParseUint32(request.Get("w")),
                      "invalid resize width \"" + request.Get("w") + "\"");
  BUOY_TRY(backend.Resize(request.var(), height, width));
  return request.ReplyEmpty(200);
}

Status Update(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto update, request.Json<types::ContainerUpdateRequest>());
  auto& pids_limit = update.resources.pids_limit;
  if (request.Before({1, 40})) pids_limit.reset();
  // 0 and whatever is negative: unlimited.
  if (pids_limit && *pids_limit <= 0) pids_limit = 0;
  BUOY_ASSIGN(auto response, backend.Update(request.var(), update));
  return request.ReplyJsonOf(200, response);
}

Status Remove(ContainerBackend& backend, ApiRequest& request) {
  ContainerRemoveOptions options;
  options.force = request.Bool("force");
  options.remove_volumes = request.Bool("v");
  options.remove_link = request.Bool("link");
  BUOY_TRY(backend.Remove(request.var(), options));
  return request.ReplyEmpty(204);
}

Status Prune(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto report, backend.Prune(filters));
  return request.ReplyJsonOf(200, report);
}

constexpr RouteRow<ContainerBackend> kRoutes[] = {
    {"GET", "/containers/json", {1, 24}, List},
    {"POST", "/containers/create", {1, 24}, CreateContainer},
    {"POST", "/containers/prune", {1, 25}, Prune},
    {"GET", "/containers/{name}/json", {1, 24}, Inspect},
    {"GET", "/containers/{name}/top", {1, 24}, Top},
    {"POST", "/containers/{name}/start", {1, 24}, Start},
    {"POST", "/containers/{name}/stop", {1, 24}, Stop},
    {"POST", "/containers/{name}/restart", {1, 24}, Restart},
    {"POST", "/containers/{name}/kill", {1, 24}, Kill},
    {"POST", "/containers/{name}/pause", {1, 24}, Pause},
    {"POST", "/containers/{name}/unpause", {1, 24}, Unpause},
    {"POST", "/containers/{name}/rename", {1, 24}, Rename},
    {"POST", "/containers/{name}/resize", {1, 24}, Resize},
    {"POST", "/containers/{name}/update", {1, 24}, Update},
    {"DELETE", "/containers/{name}", {1, 24}, Remove},
};

}  // namespace

std::vector<Route> ContainerRoutes(ContainerBackend& backend) {
  return BindRoutes(backend, kRoutes);
}

}  // namespace buoy::api
