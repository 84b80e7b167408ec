// What containers publish, and through which of their networks.
#include <algorithm>
#include <tuple>

#include "daemon/network/manager.h"
#include "daemon/network/sysctl.h"

namespace buoy::network {

namespace {

using net::IpAddress;

// Removes and returns the first record that fits.
template <class Fits>
std::optional<PortRecord> Take(json::List<PortRecord>& records, Fits fits) {
  auto found = std::find_if(records.begin(), records.end(), fits);
  if (found == records.end()) return std::nullopt;
  PortRecord record = std::move(*found);
  records.erase(found);
  return record;
}

bool Allows(const net::PortRange& range, uint16_t port) {
  return range.any() || (range.first <= port && port <= range.last);
}

bool SamePort(const PortRecord& record, const net::Port& port) {
  return record.proto == port.proto && record.container_port == port.number;
}

}  // namespace

// Where the default route goes, null = nowhere. Docker's order: priority, then networks with both
// families, then the name.
const EndpointRecord* Manager::GatewayEndpoint(const Endpoints& endpoints, bool ipv6) const {
  const EndpointRecord* best = nullptr;
  auto rank = [&](const EndpointRecord& endpoint) {
    const types::EndpointSettings& settings = endpoint.settings;
    const bool both = !settings.gateway.empty() && !settings.ipv6_gateway.empty();
    return std::tuple(-settings.gw_priority, both ? 0 : 1, NetworkOf(endpoint).name());
  };
  for (const auto& [id, endpoint] : endpoints) {
    const types::EndpointSettings& settings = endpoint.settings;
    if (!endpoint.active || (ipv6 ? settings.ipv6_gateway : settings.gateway).empty()) continue;
    if (best == nullptr || rank(endpoint) < rank(*best)) best = &endpoint;
  }
  return best;
}

// What NAT does not reach: another family, the host's ::1, a family without a packet filter.
bool Manager::NeedsProxy(const IpAddress& host, const IpAddress& container) const {
  if (!options_.userland_proxy) return false;
  if (host.is_v4()) return !options_.iptables;
  return container.is_v4() || host.IsUnspecified() || host.IsLoopback() || !options_.ip6tables;
}

Result<std::vector<Manager::Publication>> Manager::BindGroup(const PortGroup& group,
                                                             json::List<PortRecord>& held,
                                                             json::List<PortRecord>& remembered) {
  std::vector<Publication> made;
  const bool random = group.host_ports.any();
  auto record_of = [&](const PortGroup::Address& address, uint16_t host_port) {
    return PortRecord{group.container_port.proto,
                      address.host.ToString(),
                      host_port,
                      address.container.ToString(),
                      group.container_port.number,
                      random,
                      NeedsProxy(address.host, address.container)};
  };
  PortGroup missing = group;
  uint16_t chosen = 0;
  for (const auto& address : group.addresses) {
    auto kept = Take(held, [&](const PortRecord& record) {
      return SamePort(record, group.container_port) && record.host_ip == address.host.ToString() &&
             Allows(chosen ? net::PortRange{chosen, chosen} : group.host_ports, record.host_port);
    });
    if (!kept) continue;
    chosen = kept->host_port;
    made.push_back({record_of(address, chosen), {}});
    std::erase_if(missing.addresses, [&](const auto& a) { return a.host == address.host; });
  }
  if (missing.addresses.empty()) return made;
  if (chosen != 0) missing.host_ports = {chosen, chosen};
  uint16_t preferred = 0;
  if (random) {
    auto last = Take(remembered, [&](const PortRecord& record) {
      return record.random && SamePort(record, group.container_port);
    });
    if (last) {
      preferred = last->host_port;
      // The other addresses of the same port.
      std::erase_if(remembered, [&](const PortRecord& record) {
        return record.random && SamePort(record, group.container_port) &&
               record.host_port == preferred;
      });
    }
  }
  BUOY_ASSIGN(std::vector<BoundPort> bound, ports_.Bind(missing, preferred));
  for (BoundPort& port : bound) {
    made.push_back(
        {record_of({port.host_ip, port.container_ip}, port.host_port), std::move(port.socket)});
  }
  return made;
}

Result<std::vector<Manager::Publication>> Manager::PublishPorts(const SandboxRequest& request,
                                                                Endpoints& endpoints,
                                                                json::List<PortRecord> held,
                                                                json::List<PortRecord> remembered) {
  const EndpointRecord* via4 = GatewayEndpoint(endpoints, false);
  const EndpointRecord* via6 = GatewayEndpoint(endpoints, true);
  ContainerAddresses addresses;
  PortDefaults defaults{{}, KernelHasIpv6(), options_.userland_proxy};
  if (via4 != nullptr) {
    addresses.ipv4 = IpAddress::Parse(via4->settings.ip_address).value_or(IpAddress());
    defaults.publish_ip = NetworkOf(*via4).bridge().publish_ip;
  }
  if (via6 != nullptr) {
    addresses.ipv6 = IpAddress::Parse(via6->settings.global_ipv6_address).value_or(IpAddress());
  }
  BUOY_ASSIGN(std::vector<PortGroup> groups,
              PlanPorts(request.config, request.host_config, addresses, defaults));
  std::vector<Publication> made;
  Cleanup undo([&] {
    for (const Publication& port : made) {
      if (port.socket.valid()) ReleasePorts({{port.record}});
    }
  });
  for (const PortGroup& group : groups) {
    auto bound = BindGroup(group, held, remembered);
    if (!bound.ok()) {
      const EndpointRecord& via = *(via4 != nullptr ? via4 : via6);
      return std::move(bound).error().Context(
          "driver failed programming external connectivity on endpoint " + via.container_name +
          " (" + via.id + ")");
    }
    for (Publication& port : *bound) made.push_back(std::move(port));
  }
  undo.Release();
  for (auto& [id, endpoint] : endpoints) endpoint.ports = {};
  for (const Publication& port : made) {
    const bool v4 = port.record.container_ip.find(':') == std::string::npos;
    endpoints.at((v4 ? via4 : via6)->network_id).ports.push_back(port.record);
  }
  for (PortRecord& port : held) {
    port.container_ip.clear();
    port.proxy = false;
    endpoints.begin()->second.ports.push_back(std::move(port));
  }
  return made;
}

void Manager::ReleasePorts(const json::List<PortRecord>& ports) {
  for (const PortRecord& port : ports) {
    if (auto ip = IpAddress::Parse(port.host_ip)) ports_.Release(port.proto, *ip, port.host_port);
  }
}

// Only what a proxy is to serve: NAT's ports keep dropping what comes past it.
Status Manager::Admit(const std::vector<Publication>& ports) {
  for (const Publication& port : ports) {
    if (port.record.proxy && port.socket.valid()) BUOY_TRY(PortAllocator::Admit(port.socket));
  }
  return Ok();
}

}  // namespace buoy::network
