#include "api/server/routes/routes.h"
#include "api/server/routes/swarm_version.h"

namespace buoy::api {

namespace {

Status List(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto nodes, backend.Nodes(filters));
  return request.ReplyJsonOf(200, nodes);
}

Status Inspect(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto node, backend.InspectNode(request.var()));
  return request.ReplyJsonOf(200, node);
}

Status Update(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto spec, request.Json<types::NodeSpec>());
  BUOY_ASSIGN(uint64_t version, ParseObjectVersion("node", request.Get("version")));
  BUOY_TRY(backend.UpdateNode(request.var(), version, std::move(spec)));
  return request.ReplyEmpty(200);
}

Status Remove(SwarmBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.RemoveNode(request.var(), request.Bool("force")));
  return request.ReplyEmpty(200);
}

constexpr RouteRow<SwarmBackend> kRoutes[] = {
    {"GET", "/nodes", {1, 24}, List},
    {"GET", "/nodes/{id}", {1, 24}, Inspect},
    {"DELETE", "/nodes/{id}", {1, 24}, Remove},
    {"POST", "/nodes/{id}/update", {1, 24}, Update},
};

}  // namespace

std::vector<Route> NodeRoutes(SwarmBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
