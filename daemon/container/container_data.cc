#include "daemon/container/container_data.h"

namespace buoy::container {

void MarkStopped(ContainerData& data, State state, int exit_code, int64_t time_ns) {
  data.state = state;
  data.pid = 0;
  data.pid_start = 0;
  data.exit_code = exit_code;
  data.finished_ns = time_ns;
}

void ClearNetworkFacts(types::NetworkSettings& network) {
  network.sandbox_id.clear();
  network.sandbox_key.clear();
  network.ports = types::PortMap::Empty();
  for (auto& [name, endpoint] : network.networks) {
    endpoint.endpoint_id.clear();
    endpoint.gateway.clear();
    endpoint.ip_address.clear();
    endpoint.ip_prefix_len = 0;
    endpoint.ipv6_gateway.clear();
    endpoint.global_ipv6_address.clear();
    endpoint.global_ipv6_prefix_len = 0;
  }
}

}  // namespace buoy::container
