#include "api/server/compat.h"
#include "api/server/routes/routes.h"
#include "common/json/codec.h"
#include "common/types/swarm_json.h"

namespace buoy {
extern template std::string ToJson<types::SystemInfo>(const types::SystemInfo&);
}  // namespace buoy

namespace buoy::api {

namespace {

Status Info(SystemBackend& system, SwarmBackend& swarm, ApiRequest& request) {
  BUOY_ASSIGN(auto info, system.Info());
  const types::SwarmNodeInfo node = swarm.Info();
  info.warnings.insert(info.warnings.end(), node.warnings.begin(), node.warnings.end());
  BUOY_ASSIGN(json::Json whole, json::Parse(ToJson(info)));
  whole["Swarm"] = json::Encode(node);
  return request.ReplyJson(200, InfoJsonFor(request.version(), json::Dump(whole)));
}

}  // namespace

std::vector<Route> InfoRoutes(SystemBackend& system, SwarmBackend& swarm) {
  return {{"GET",
           "/info",
           {1, 24},
           [&](ApiRequest& request) { return Info(system, swarm, request); },
           false}};
}

}  // namespace buoy::api
