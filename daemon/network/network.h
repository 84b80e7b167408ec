#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"
#include "common/types/network.h"
#include "daemon/network/ipam.h"

namespace buoy::network {

inline constexpr const char* kBridgeOption = "com.docker.network.bridge.";
inline constexpr const char* kMtuOption = "com.docker.network.driver.mtu";

// The driver options of a bridge network, parsed.
struct BridgeConfig {
  std::string interface;
  bool user_managed = false;  // --bridge: not ours to create, change or delete
  int mtu = 0;                // 0 = the kernel's
  bool icc = true;
  bool masquerade = true;
  bool inhibit_ipv4 = false;  // leave the bridge without its IPv4 address
  net::IpAddress publish_ip;  // default host address of published ports; invalid = any
  net::IpAddress snat4, snat6;
  std::string interface_prefix = "eth";  // of interfaces in containers
};

// One network of the data model with its addresses. Values only.
class Network {
 public:
  // InvalidArgument when an option cannot be parsed.
  static Result<Network> FromResource(types::NetworkResource resource);

  const std::string& id() const { return resource_.id; }
  const std::string& name() const { return resource_.name; }
  const types::NetworkResource& resource() const { return resource_; }
  const BridgeConfig& bridge() const { return bridge_; }
  bool is_bridge() const { return resource_.driver == "bridge" && !resource_.config_only; }
  bool is_host() const { return resource_.driver == "host"; }
  bool is_null() const { return resource_.driver == "null"; }
  bool is_default_bridge() const { return name() == "bridge"; }
  bool predefined() const;

  std::vector<net::IpPrefix> Subnets() const;
  // The bridge's own address in each subnet.
  const std::vector<net::IpPrefix>& gateways() const { return gateways_; }
  // What containers use as their default route; invalid = none (internal, or no such family).
  net::IpAddress ContainerGateway(bool ipv6) const;

  struct Allocation {
    net::IpAddress address;
    int prefix_length = 0;
  };
  // Takes an address of the family: `exact` when valid (an error when it is taken), else
  // `preferred` when that is free, else the lowest free one outside `avoid`.
  Result<Allocation> TakeAddress(bool ipv6, const net::IpAddress& exact,
                                 const net::IpAddress& preferred,
                                 const std::set<net::IpAddress>& avoid);
  void ReleaseAddress(const net::IpAddress& address);

 private:
  types::NetworkResource resource_;
  BridgeConfig bridge_;
  std::vector<AddressPool> pools_;
  std::vector<net::IpPrefix> gateways_;
  net::IpAddress default_gateway4_, default_gateway6_;
};

bool IsPredefined(const std::string& name);
Result<BridgeConfig> ParseBridgeConfig(const types::NetworkResource& resource);

}  // namespace buoy::network
