#include "api/server/routes/routes.h"

namespace buoy::api {

namespace {

Status Create(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto exec, request.Json<types::ExecCreateRequest>());
  if (exec.cmd.empty()) return InvalidArgument("No exec command specified");
  if (request.Before({1, 42})) exec.console_size.clear();
  BUOY_ASSIGN(std::string id, backend.ExecCreate(request.var(), exec));
  return request.ReplyJsonOf(201, types::IdResponse{id});
}

Status Start(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto start, request.Json<types::ExecStartRequest>());
  // Needs a terminal, and API 1.42.
  if (request.Before({1, 42}) || !start.tty) start.console_size.clear();
  BUOY_TRY(backend.ExecStart(request.var(), start, request));
  return request.started() ? Ok() : request.ReplyEmpty(200);
}

Status Resize(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN_CONTEXT(uint32_t height, ParseUint32(request.Get("h")),
                      "invalid resize height \"" + request.Get("h") + "\"");
  BUOY_ASSIGN_CONTEXT(uint32_t width, ParseUint32(request.Get("w")),
                      "invalid resize width \"" + request.Get("w") + "\"");
  BUOY_TRY(backend.ExecResize(request.var(), height, width));
  return request.ReplyEmpty(200);
}

Status Inspect(ContainerBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto exec, backend.ExecInspect(request.var()));
  return request.ReplyJsonOf(200, exec);
}

constexpr RouteRow<ContainerBackend> kRoutes[] = {
    {"POST", "/containers/{name}/exec", {1, 24}, Create},
    {"POST", "/exec/{id}/start", {1, 24}, Start},
    {"POST", "/exec/{id}/resize", {1, 24}, Resize},
    {"GET", "/exec/{id}/json", {1, 24}, Inspect},
};

}  // namespace

std::vector<Route> ExecRoutes(ContainerBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
