#pragma once

#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"

namespace buoy::swarm {

inline constexpr char kDefaultListenAddress[] = "0.0.0.0:2377";

// An address that an interface of this host has.
struct HostAddress {
  std::string interface;
  net::IpAddress address;
  bool up = true;
  bool device = true;  // a real device, no bridge, veth ...
};
std::vector<HostAddress> ListHostAddresses();

struct AddressRequest {
  std::string listen, advertise, data_path;  // as the client gave them
  std::string default_advertise;             // of the configuration
};
struct AddressContext {
  std::vector<HostAddress> host;
  std::vector<net::IpPrefix> own_networks;  // of the engine's networks: never advertised
};
struct Addresses {
  std::string local;              // host
  std::string listen, advertise;  // host:port, "[v6]:port"
  std::string data_path;          // host; "" = as advertised
};

// "eth0", ":2378", "10.0.0.1" with the default host and port where they are missing.
// kInvalidArgument `invalid FIELD "": invalid empty address`.
Result<std::string> CompleteAddress(const std::string& field, const std::string& address);
// With Docker's rules and texts. Pure.
Result<Addresses> ResolveAddresses(const AddressRequest& request, const AddressContext& context);
// The host of "host:port".
std::string HostOf(const std::string& address);

}  // namespace buoy::swarm
