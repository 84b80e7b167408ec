#include "daemon/network/ports.h"

#include <netinet/in.h>

#include <algorithm>
#include <map>

namespace buoy::network {

namespace {

using net::IpAddress;

const IpAddress kAny4 = IpAddress::V4(0);
const IpAddress kAny6 = IpAddress::V6({});

// The host addresses that one wish stands for, given an optional address in it.
std::vector<PortGroup::Address> Expand(const IpAddress& wished, const ContainerAddresses& container,
                                       const PortDefaults& defaults) {
  std::vector<PortGroup::Address> addresses;
  const IpAddress& fallback = defaults.publish_ip.valid() ? defaults.publish_ip : kAny4;
  const IpAddress& host = wished.valid() ? wished : fallback;
  const bool implicit_v6 = !wished.valid() && fallback == kAny4 && defaults.host_has_ipv6;
  if (host.is_v4() && container.ipv4.valid()) addresses.push_back({host, container.ipv4});
  if (!host.is_v6() && !implicit_v6) return addresses;
  const IpAddress host6 = host.is_v6() ? host : kAny6;
  if (container.ipv6.valid()) {
    addresses.push_back({host6, container.ipv6});
  } else if (defaults.userland_proxy && container.ipv4.valid()) {
    addresses.push_back({host6, container.ipv4});
  }
  return addresses;
}

Result<IpAddress> HostIp(const std::string& text) {
  if (text.empty()) return IpAddress();
  std::string bare = text;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') {
    bare = bare.substr(1, bare.size() - 2);
  }
  auto address = IpAddress::Parse(bare);
  if (!address) return InvalidArgument("invalid IP address: " + text);
  return *address;
}

// All wishes per container port; a published-all port has one empty binding.
types::PortMap Wishes(const types::ContainerConfig& config, const types::HostConfig& host_config) {
  types::PortMap wishes = ExposedPorts(config, host_config);
  for (const auto& [port, bindings] : host_config.port_bindings) wishes[port] = bindings;
  if (host_config.publish_all_ports) {
    for (auto& [port, bindings] : wishes) {
      if (bindings.empty()) bindings.push_back({});
    }
  }
  return wishes;
}

// Wishes that differ only in their host address get the same host port.
bool SameButAddress(const PortGroup& a, const PortGroup& b) {
  return a.container_port == b.container_port && a.host_ports == b.host_ports;
}

}  // namespace

int ProtocolNumber(const std::string& proto) {
  if (proto == "udp") return IPPROTO_UDP;
  return proto == "sctp" ? IPPROTO_SCTP : IPPROTO_TCP;
}

types::PortMap ExposedPorts(const types::ContainerConfig& config,
                            const types::HostConfig& host_config) {
  types::PortMap ports = types::PortMap::Empty();
  for (const std::string& port : config.exposed_ports) ports[port];
  for (const auto& [port, bindings] : host_config.port_bindings) ports[port];
  return ports;
}

Result<std::vector<PortGroup>> PlanPorts(const types::ContainerConfig& config,
                                         const types::HostConfig& host_config,
                                         const ContainerAddresses& container,
                                         const PortDefaults& defaults) {
  std::vector<PortGroup> groups;
  for (const auto& [port, bindings] : Wishes(config, host_config)) {
    BUOY_ASSIGN(net::Port container_port, net::Port::Parse(port));
    for (const types::PortBinding& binding : bindings) {
      BUOY_ASSIGN(IpAddress host_ip, HostIp(binding.host_ip));
      BUOY_ASSIGN(net::PortRange host_ports, net::PortRange::Parse(binding.host_port));
      PortGroup group{container_port, host_ports, Expand(host_ip, container, defaults)};
      if (group.addresses.empty()) continue;
      auto same = std::find_if(groups.begin(), groups.end(), [&](const PortGroup& other) {
        return SameButAddress(other, group);
      });
      if (same == groups.end()) {
        groups.push_back(std::move(group));
        continue;
      }
      // The same wish twice (say, -p 80 -p 80) means two host ports, not one.
      bool repeated = std::any_of(group.addresses.begin(), group.addresses.end(), [&](auto& mine) {
        return std::any_of(same->addresses.begin(), same->addresses.end(),
                           [&](auto& other) { return other.host == mine.host; });
      });
      if (repeated) {
        groups.push_back(std::move(group));
      } else {
        same->addresses.insert(same->addresses.end(), group.addresses.begin(),
                               group.addresses.end());
      }
    }
  }
  for (PortGroup& group : groups) {
    std::sort(group.addresses.begin(), group.addresses.end(),
              [](const auto& a, const auto& b) { return a.host < b.host; });
  }
  // Exact host ports first, so that a range or a random port does not take one of them away.
  std::stable_sort(groups.begin(), groups.end(), [](const PortGroup& a, const PortGroup& b) {
    auto rank = [](const PortGroup& g) {
      return g.host_ports.single() ? 0 : g.host_ports.any() ? 2 : 1;
    };
    return rank(a) < rank(b);
  });
  return groups;
}

}  // namespace buoy::network
