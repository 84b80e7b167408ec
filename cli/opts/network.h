#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/network.h"

namespace buoy::cli::opts {

// One --network of run: "name", or "name=net,alias=web,ip=...".
struct NetworkAttachment {
  std::string target;
  std::vector<std::string> aliases, links, link_local_ips;
  std::string ipv4, ipv6, mac;
  json::Map<std::string> driver_opts;
  int gw_priority = 0;
};

Result<NetworkAttachment> ParseNetwork(const std::string& text);

// Neither "", default, bridge, host, none nor container:...
bool IsUserDefinedNetwork(const std::string& mode);

// Errors: "network-scoped aliases are only supported for user-defined networks", ...
Result<types::EndpointSettings> ToEndpoint(const NetworkAttachment& attachment);

}  // namespace buoy::cli::opts
