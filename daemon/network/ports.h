#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/net/port.h"
#include "common/result/result.h"
#include "common/types/container.h"
#include "common/types/host_config.h"

// Published ports as values: from the user's wishes to the sockets that are to be bound.
namespace buoy::network {

// One container port to publish on one or more host addresses under one host port.
struct PortGroup {
  net::Port container_port;
  net::PortRange host_ports;  // any() = a random one
  struct Address {
    net::IpAddress host;
    net::IpAddress container;  // may be of the other family: only a proxy can serve that
  };
  std::vector<Address> addresses;  // IPv4 first
};

// The container's addresses on its gateway network; invalid where it has none.
struct ContainerAddresses {
  net::IpAddress ipv4, ipv6;
};

struct PortDefaults {
  net::IpAddress publish_ip;  // invalid = 0.0.0.0 and [::]
  bool host_has_ipv6 = true;
  bool userland_proxy = true;
};

// Docker's expansion of HostConfig.PortBindings, ExposedPorts and PublishAllPorts.
// InvalidArgument on a malformed port, address or range.
Result<std::vector<PortGroup>> PlanPorts(const types::ContainerConfig& config,
                                         const types::HostConfig& host_config,
                                         const ContainerAddresses& container,
                                         const PortDefaults& defaults);

// NetworkSettings.Ports before anything is published: every exposed port with null.
types::PortMap ExposedPorts(const types::ContainerConfig& config,
                            const types::HostConfig& host_config);

int ProtocolNumber(const std::string& proto);

}  // namespace buoy::network
