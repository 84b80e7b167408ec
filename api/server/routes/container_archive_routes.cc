#include "api/server/routes/routes.h"
#include "common/base64/base64.h"

namespace buoy::api {

namespace {

Status CheckArchiveParameters(const ApiRequest& request) {
  if (request.var().empty()) return InvalidArgument("bad parameter: name cannot be empty");
  if (request.Get("path").empty()) return InvalidArgument("bad parameter: path cannot be empty");
  return Ok();
}

void SetStatHeader(ApiRequest& request, const types::PathStat& stat) {
  request.response_headers().Set("X-Docker-Container-Path-Stat", Base64Encode(ToJson(stat)));
}

Status HeadArchive(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(CheckArchiveParameters(request));
  BUOY_ASSIGN(types::PathStat stat, backend.StatPath(request.var(), request.Get("path")));
  SetStatHeader(request, stat);
  return request.ReplyEmpty(200);
}

Status GetArchive(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(CheckArchiveParameters(request));
  request.response_headers().Set("Content-Type", "application/x-tar");
  return backend.GetArchive(
      request.var(), request.Get("path"), request,
      [&request](const types::PathStat& stat) { SetStatHeader(request, stat); });
}

Status PutArchive(ContainerBackend& backend, ApiRequest& request) {
  BUOY_TRY(CheckArchiveParameters(request));
  BUOY_TRY(backend.PutArchive(request.var(), request.Get("path"), request.body(),
                              request.Bool("noOverwriteDirNonDir"), request.Bool("copyUIDGID")));
  return request.ReplyEmpty(200);
}

Status Changes(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto changes, backend.Changes(request.var()));
  // Go's nil slice.
  if (changes.empty()) return request.ReplyJson(200, "null");
  return request.ReplyJsonOf(200, changes);
}

Status Export(ContainerBackend& backend, ApiRequest& request) {
  request.response_headers().Set("Content-Type", "application/octet-stream");
  return backend.Export(request.var(), request);
}

constexpr RouteRow<ContainerBackend> kRoutes[] = {
    {"HEAD", "/containers/{name}/archive", {1, 24}, HeadArchive},
    {"GET", "/containers/{name}/archive", {1, 24}, GetArchive},
    {"PUT", "/containers/{name}/archive", {1, 24}, PutArchive, true},
    {"GET", "/containers/{name}/changes", {1, 24}, Changes},
    {"GET", "/containers/{name}/export", {1, 24}, Export},
};

}  // namespace

std::vector<Route> ContainerArchiveRoutes(ContainerBackend& backend) {
  return BindRoutes(backend, kRoutes);
}

}  // namespace buoy::api
