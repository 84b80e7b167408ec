#pragma once

#include <memory>

#include "api/server/http/engine.h"
#include "api/server/routes/routes.h"

namespace buoy::api {

struct Backends {
  ContainerBackend* container = nullptr;
  ImageBackend* image = nullptr;
  NetworkBackend* network = nullptr;
  VolumeBackend* volume = nullptr;
  SystemBackend* system = nullptr;
};

struct ApiServerOptions {
  RouterOptions router;
  EngineOptions engine;
};

// Docker's API over the engine: what the daemon starts. All backends are required and must outlive
// the server. Further routes (builder, swarm) come by `more`, tables of their own.
//
//   auto server = ApiServer::Create(backends, options);
//   server->engine().AddListener(...);  server->engine().Start();
class ApiServer {
 public:
  static Result<std::unique_ptr<ApiServer>> Create(const Backends& backends,
                                                   ApiServerOptions options,
                                                   std::vector<Route> more = {});

  Engine& engine() { return *engine_; }
  const Router& router() const { return router_; }

 private:
  explicit ApiServer(RouterOptions options) : router_(std::move(options)) {}

  Router router_;
  std::unique_ptr<Engine> engine_;  // last: its threads use the router
};

}  // namespace buoy::api
