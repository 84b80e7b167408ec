#include "api/server/routes/routes.h"
#include "api/server/status.h"

namespace buoy::api {

namespace {

Status List(NetworkBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto networks, backend.List(filters));
  return request.ReplyJsonOf(200, networks);
}

Status Inspect(NetworkBackend& backend, ApiRequest& request) {
  bool verbose = false;
  if (std::string text = request.Get("verbose"); !text.empty()) {
    // Go's strconv.ParseBool, stricter than the other booleans.
    verbose = text == "1" || text == "t" || text == "T" || text == "true" || text == "TRUE" ||
              text == "True";
    if (!verbose && text != "0" && text != "f" && text != "F" && text != "false" &&
        text != "FALSE" && text != "False") {
      return InvalidArgument("invalid value for verbose: " + text +
                             ": strconv.ParseBool: parsing " + JsonQuote(text) +
                             ": invalid syntax");
    }
  }
  BUOY_ASSIGN(auto network, backend.Inspect(request.var(), verbose, request.Get("scope")));
  return request.ReplyJsonOf(200, network);
}

Status Create(NetworkBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto create, request.Json<types::NetworkCreateRequest>());
  if (request.Before({1, 48})) create.enable_ipv4.reset();
  BUOY_ASSIGN(auto created, backend.Create(create));
  return request.ReplyJsonOf(201, created);
}

Status Connect(NetworkBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto connect, request.Json<types::NetworkConnectRequest>());
  if (request.Before({1, 48}) && connect.endpoint_config) connect.endpoint_config->gw_priority = 0;
  BUOY_TRY(backend.Connect(request.var(), connect));
  return request.ReplyEmpty(200);
}

Status Disconnect(NetworkBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(auto disconnect, request.Json<types::NetworkDisconnectRequest>());
  BUOY_TRY(backend.Disconnect(request.var(), disconnect));
  return request.ReplyEmpty(200);
}

Status Remove(NetworkBackend& backend, ApiRequest& request) {
  BUOY_TRY(backend.Remove(request.var()));
  return request.ReplyEmpty(204);
}

Status Prune(NetworkBackend& backend, ApiRequest& request) {
  BUOY_ASSIGN(Filters filters, request.filters());
  BUOY_ASSIGN(auto report, backend.Prune(filters));
  return request.ReplyJsonOf(200, report);
}

constexpr RouteRow<NetworkBackend> kRoutes[] = {
    {"GET", "/networks", {1, 24}, List},
    {"GET", "/networks/", {1, 24}, List},
    {"GET", "/networks/{id}", {1, 24}, Inspect},
    {"POST", "/networks/create", {1, 24}, Create},
    {"POST", "/networks/prune", {1, 25}, Prune},
    {"POST", "/networks/{id}/connect", {1, 24}, Connect},
    {"POST", "/networks/{id}/disconnect", {1, 24}, Disconnect},
    {"DELETE", "/networks/{id}", {1, 24}, Remove},
};

}  // namespace

std::vector<Route> NetworkRoutes(NetworkBackend& backend) { return BindRoutes(backend, kRoutes); }

}  // namespace buoy::api
