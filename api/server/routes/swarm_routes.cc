#include "api/server/routes/routes.h"
#include "api/server/routes/swarm_version.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

Status Init(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto init, request.Json<types::SwarmInitRequest>());
  if (request.Before({1, 39})) {
    init.default_addr_pool = {};
    init.subnet_size = 0;
  }
  if (request.Before({1, 40})) init.data_path_port = 0;
  BUOY_ASSIGN(std::string node, backend.Init(std::move(init)));
  return request.ReplyJson(200, JsonQuote(node));
}

Status Join(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto join, request.Json<types::SwarmJoinRequest>());
  BUOY_TRY(backend.Join(std::move(join)));
  return request.ReplyEmpty(200);
}

Status Leave(SwarmBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Leave(request.Bool("force")));
  return request.ReplyEmpty(200);
}

Status Inspect(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto swarm, backend.Inspect());
  return request.ReplyJsonOf(200, swarm);
}

// As Go's strconv.ParseBool; nothing is false.
Result<bool> Flag(const std::string& name, const std::string& value) {
  if (value.empty()) return false;
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (value == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (value == no) return false;
  }
  return InvalidArgument("invalid value for " + name + ": " + value);
}

Status Update(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto spec, request.Json<types::SwarmSpec>());
  SwarmUpdateOptions options;
  BUOY_ASSIGN(options.version, ParseObjectVersion("swarm", request.Get("version")));
  BUOY_ASSIGN(options.rotate_worker_token,
              Flag("rotateWorkerToken", request.Get("rotateWorkerToken")));
  BUOY_ASSIGN(options.rotate_manager_token,
              Flag("rotateManagerToken", request.Get("rotateManagerToken")));
  BUOY_ASSIGN(options.rotate_manager_unlock_key,
              Flag("rotateManagerUnlockKey", request.Get("rotateManagerUnlockKey")));
  BUOY_TRY(backend.Update(std::move(spec), options));
  return request.ReplyEmpty(200);
}

Status Unlock(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto unlock, request.Json<types::SwarmUnlockKey>());
  BUOY_TRY(backend.Unlock(unlock.unlock_key));
  return request.ReplyEmpty(200);
}

Status UnlockKey(SwarmBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(std::string key, backend.UnlockKey());
  return request.ReplyJsonOf(200, types::SwarmUnlockKey{key});
}

// What the swarm has none of yet.
Status ListNone(SwarmBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.CheckManager());
  BUOY_TRY(request.filters());
  return request.ReplyJson(200, "[]");
}

Status NoService(SwarmBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.CheckManager());
  return NotFound("service " + request.var() + " not found");
}

Status NoTask(SwarmBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.CheckManager());
  return NotFound("task " + request.var() + " not found");
}

Status CreateService(SwarmBackend& backend, ApiRequest&) {
  BUOY_TRY(backend.CheckManager());
  return NotImplemented("services are not supported yet: the swarm knows its nodes only");
}

constexpr RouteRow<SwarmBackend> kRoutes[] = {
    {"POST", "/swarm/init", {1, 24}, Init},
    {"POST", "/swarm/join", {1, 24}, Join},
    {"POST", "/swarm/leave", {1, 24}, Leave},
    {"GET", "/swarm", {1, 24}, Inspect},
    {"GET", "/swarm/unlockkey", {1, 24}, UnlockKey},
    {"POST", "/swarm/update", {1, 24}, Update},
    {"POST", "/swarm/unlock", {1, 24}, Unlock},
    {"GET", "/services", {1, 24}, ListNone},
    {"GET", "/services/{id}", {1, 24}, NoService},
    {"POST", "/services/create", {1, 24}, CreateService},
    {"GET", "/tasks", {1, 24}, ListNone},
    {"GET", "/tasks/{id}", {1, 24}, NoTask},
};

}  // namespace

std::vector<Route> SwarmRoutes(SwarmBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
