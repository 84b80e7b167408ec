#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "api/server/http/engine.h"
#include "api/server/routes/routes.h"

namespace buoy::api {

struct Backends {
  ContainerBackend* container = nullptr;
  ImageBackend* image = nullptr;
  NetworkBackend* network = nullptr;
  VolumeBackend* volume = nullptr;
  SystemBackend* system = nullptr;
  UpgradeBackend* upgrade = nullptr;
  SwarmBackend* swarm = nullptr;
  std::shared_ptr<AuthorizationBackend> authorization;  // optional
  std::function<void(const Observation&)> observe;      // optional
  std::function<bool()> experimental;                   // optional
};

struct ApiServerOptions {
  RouterOptions router;
  EngineOptions engine;
};

// Docker's API over the engine: what the daemon starts. Backends are required unless said otherwise
// and must outlive the server. Further routes (builder, swarm) come by `more`, tables of their own.
//
//   auto server = ApiServer::Create(backends, options);
//   server->engine().AddListener(...);  server->engine().Start();
class ApiServer {
 public:
  static Result<std::unique_ptr<ApiServer>> Create(const Backends& backends,
                                                   ApiServerOptions options,
                                                   std::vector<Route> more = {});

  // Other backends from now on; the former ones are used no more once the requests that run have
  // ended. For Engine::Pause().
  Status Bind(const Backends& backends);

  Engine& engine() { return *engine_; }
  std::shared_ptr<const Router> router() const;

 private:
  ApiServer(RouterOptions options, std::vector<Route> more)
      : router_options_(std::move(options)), more_(std::move(more)) {}

  const RouterOptions router_options_;
  const std::vector<Route> more_;
  mutable std::mutex mutex_;
  // Shared with the requests that it serves.
  std::shared_ptr<const Router> router_;
  std::unique_ptr<Engine> engine_;  // last: its threads use the router
};

}  // namespace buoy::api
