#include "api/server/api_server.h"

namespace buoy::api {

Result<std::unique_ptr<ApiServer>> ApiServer::Create(const Backends& backends,
                                                     ApiServerOptions options,
                                                     std::vector<Route> more) {
  auto server = std::unique_ptr<ApiServer>(new ApiServer(std::move(options.router)));
  Router& router = server->router_;
  BUOY_TRY(router.Add(SystemRoutes(*backends.system)));
  BUOY_TRY(router.Add(ContainerRoutes(*backends.container)));
  BUOY_TRY(router.Add(ContainerStreamRoutes(*backends.container)));
  BUOY_TRY(router.Add(ContainerArchiveRoutes(*backends.container)));
  BUOY_TRY(router.Add(ExecRoutes(*backends.container)));
  BUOY_TRY(router.Add(ImageRoutes(*backends.image)));
  BUOY_TRY(router.Add(ImageTransferRoutes(*backends.image)));
  BUOY_TRY(router.Add(NetworkRoutes(*backends.network)));
  BUOY_TRY(router.Add(VolumeRoutes(*backends.volume)));
  BUOY_TRY(router.Add(std::move(more)));
  server->engine_ = std::make_unique<Engine>(
      [&router](Exchange& exchange) { router.Serve(exchange); }, std::move(options.engine));
  return server;
}

}  // namespace buoy::api
