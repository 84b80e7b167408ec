// Prints the route tables, "METHOD PATTERN SINCE" each: what api/openapi.yaml is compared with.
#include <cstdio>

#include "api/server/testing/fake_backends.h"

int main() {
  buoy::api::FakeDaemon fakes;
  auto server =
      buoy::api::ApiServer::Create({&fakes.containers, &fakes.images, &fakes.networks,
                                    &fakes.volumes, &fakes.system, &fakes.upgrade, &fakes.swarm},
                                   {});
  if (!server.ok()) {
    fprintf(stderr, "%s\n", server.error().message().c_str());
    return 1;
  }
  for (const auto& route : (*server)->router()->routes()) {
    printf("%s %s %s\n", route.method.c_str(), route.pattern.c_str(), route.since.Text().c_str());
  }
  return 0;
}
