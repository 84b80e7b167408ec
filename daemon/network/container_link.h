#pragma once

#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"
#include "daemon/network/netlink.h"

namespace buoy::network {

// One interface of a container, as a value.
struct ContainerLink {
  std::string host_name;  // the veth's end on the host
  std::string name;       // in the container
  std::string mac;
  int bridge = 0;  // index
  int mtu = 0;
  std::vector<net::IpPrefix> addresses;
  bool isolated = false;             // --icc=false
  std::vector<std::string> sysctls;  // "net.ipv4.conf.IFNAME.log_martians=1"
};

// Default routes of a namespace; invalid = none.
struct Gateways {
  net::IpAddress ipv4, ipv6;
  std::string interface4, interface6;  // names in the container
};

// Creates the veth pair with its far end in the namespace. `netlink` is the host's.
Status AttachLink(Netlink& netlink, int netns_fd, const ContainerLink& link);

// Inside the namespace: lo up, addresses and sysctls of `links`, everything up, default routes.
Status ConfigureNamespace(int netns_fd, const std::vector<ContainerLink>& links,
                          const Gateways& gateways);

}  // namespace buoy::network
