#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

Status List(VolumeBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN_CONTEXT(Filters filters, request.filters(), "error reading volume filters");
  BUOY_ASSIGN(auto volumes, backend.List(filters));
  return request.ReplyJsonOf(200, volumes);
}

Status Inspect(VolumeBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto volume, backend.Inspect(request.var()));
  return request.ReplyJsonOf(200, volume);
}

Status Create(VolumeBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto create, request.Json<types::VolumeCreateRequest>());
  BUOY_ASSIGN(auto volume, backend.Create(create));
  return request.ReplyJsonOf(201, volume);
}

Status Remove(VolumeBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Remove(request.var(), request.Bool("force")));
  return request.ReplyEmpty(204);
}

Status Prune(VolumeBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  // Until 1.42 named volumes were pruned as well.
  if (request.Before({1, 42})) filters["all"].insert("true");
  BUOY_ASSIGN(auto report, backend.Prune(filters));
  return request.ReplyJsonOf(200, report);
}

constexpr RouteRow<VolumeBackend> kRoutes[] = {
    {"GET", "/volumes", {1, 24}, List},
    {"GET", "/volumes/{name}", {1, 24}, Inspect},
    {"POST", "/volumes/create", {1, 24}, Create},
    {"POST", "/volumes/prune", {1, 25}, Prune},
    {"DELETE", "/volumes/{name}", {1, 24}, Remove},
};

}  // namespace

std::vector<Route> VolumeRoutes(VolumeBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
