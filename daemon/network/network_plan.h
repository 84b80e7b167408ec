#pragma once

#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"
#include "common/types/network.h"
#include "daemon/network/options.h"

// From a request to a complete network, as values.
namespace buoy::network {

struct PlanContext {
  std::vector<AddressPoolOption> pools;
  std::vector<net::IpPrefix> networks;  // subnets of the networks there are
  std::vector<net::IpPrefix> host;      // routes and addresses of the host
  std::string id;                       // of the new network
  std::string created;                  // RFC 3339
};

// Checks a create request and fills in driver, subnets and gateways. Name conflicts are the
// caller's. Error texts are Docker's.
Result<types::NetworkResource> PlanNetwork(const types::NetworkCreateRequest& request,
                                           const PlanContext& context);

// The default network "bridge" from the daemon's options; `addresses` are those the bridge device
// has already, which decide the subnet when no option does.
Result<types::NetworkResource> PlanDefaultBridge(const Options& options,
                                                 const std::vector<net::IpPrefix>& addresses,
                                                 const PlanContext& context);

// "host" and "none".
types::NetworkResource PlanPredefined(const std::string& name, const PlanContext& context);

}  // namespace buoy::network
