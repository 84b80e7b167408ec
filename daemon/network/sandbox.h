#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/types/container.h"
#include "common/types/host_config.h"
#include "common/types/network.h"
#include "common/unix/fd.h"

// The values exchanged between daemon/container and daemon/network.
namespace buoy::network {

struct SandboxRequest {
  std::string container_id;
  std::string container_name;  // without the slash
  types::ContainerConfig
      config;  // hostname, domainname, exposed_ports, network_disabled, mac_address
  // network_mode, port_bindings, publish_all_ports, dns*, extra_hosts, links, sysctls, uts_mode
  types::HostConfig host_config;
  // NetworkSettings.Networks as stored with the container: the wishes, by network name or id. May
  // be empty: then the network of host_config.network_mode is used.
  json::Map<types::EndpointSettings> networks;
};

// A host socket for the shim to hold for the life of the container.
struct PublishedPort {
  std::string proto;  // "tcp", "udp", "sctp"
  std::string host_ip;
  uint16_t host_port = 0;
  std::string container_ip;
  uint16_t container_port = 0;
  // True: accept (TCP, already listening) or receive (UDP, IP_PKTINFO is on) and relay to the
  // container's address. False: only hold the socket, NAT does the work.
  bool proxy = false;
  // Bound. Invalid after Restore(): the shim has it.
  Fd socket;
};

// Text files the container sees under /etc. Write them in place when they exist already: they are
// bind mounted.
struct SandboxFiles {
  std::string hosts;
  std::string hostname;
  std::string resolv_conf;
};

// What a running container has of the network.
struct Sandbox {
  std::string id;   // NetworkSettings.SandboxID, 64 hex digits; "" with network_mode container:
  std::string key;  // NetworkSettings.SandboxKey and the path for config.json's network namespace;
                    // "" = the host's namespace (network_mode host)
  // 127.0.0.11 is to be served in the namespace (user-defined network), on these sockets (UDP, TCP)
  // if they are new. Where that server asks for other names is in the file `resolvers` of the run
  // directory (daemon/shim/dns_names.h).
  bool uses_dns_server = false;
  std::vector<Fd> dns_sockets;
  std::string resolvers;
  json::Map<types::EndpointSettings> networks;  // by network name, wishes and facts
  types::PortMap ports;                         // NetworkSettings.Ports
  std::vector<PublishedPort> published;
  SandboxFiles files;
};

// A name table entry for the shim's DNS server, <exec-root>/containers/<id>/dns holds one a line:
// "<name> <address>".
struct DnsName {
  std::string name;
  std::string address;
};

}  // namespace buoy::network
