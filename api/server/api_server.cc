#include "api/server/api_server.h"

namespace buoy::api {

Result<std::unique_ptr<ApiServer>> ApiServer::Create(const Backends& backends,
                                                     ApiServerOptions options,
                                                     std::vector<Route> more) {
  auto server =
      std::unique_ptr<ApiServer>(new ApiServer(std::move(options.router), std::move(more)));
  BUOY_TRY(server->Bind(backends));
  server->engine_ = std::make_unique<Engine>(
      [raw = server.get()](Exchange& exchange) { raw->router()->Serve(exchange); },
      std::move(options.engine));
  return server;
}

Status ApiServer::Bind(const Backends& backends) {
  RouterOptions options = router_options_;
  options.authorization = backends.authorization;
  options.observe = backends.observe;
  options.experimental = backends.experimental;
  auto router = std::make_shared<Router>(std::move(options));
  BUOY_TRY(router->Add(SystemRoutes(*backends.system)));
  BUOY_TRY(router->Add(DebugRoutes(*backends.system)));
  BUOY_TRY(router->Add(ContainerRoutes(*backends.container)));
  BUOY_TRY(router->Add(ContainerStreamRoutes(*backends.container)));
  BUOY_TRY(router->Add(ContainerArchiveRoutes(*backends.container)));
  BUOY_TRY(router->Add(ExecRoutes(*backends.container)));
  BUOY_TRY(router->Add(ImageRoutes(*backends.image)));
  BUOY_TRY(router->Add(ImageTransferRoutes(*backends.image)));
  BUOY_TRY(router->Add(NetworkRoutes(*backends.network)));
  BUOY_TRY(router->Add(VolumeRoutes(*backends.volume)));
  BUOY_TRY(router->Add(InfoRoutes(*backends.system, *backends.swarm)));
  BUOY_TRY(router->Add(SwarmRoutes(*backends.swarm)));
  BUOY_TRY(router->Add(NodeRoutes(*backends.swarm)));
  BUOY_TRY(router->Add(UpgradeRoutes(*backends.upgrade)));
  BUOY_TRY(router->Add(more_));
  std::lock_guard lock(mutex_);
  router_ = std::move(router);
  return Ok();
}

std::shared_ptr<const Router> ApiServer::router() const {
  std::lock_guard lock(mutex_);
  return router_;
}

}  // namespace buoy::api
