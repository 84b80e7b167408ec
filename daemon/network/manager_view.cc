// What a container is told about its network, and what it sees under /etc.
#include <fcntl.h>

#include <algorithm>
#include <cstdio>

#include "common/unix/file.h"
#include "common/unix/netns.h"
#include "common/unix/replace_file.h"
#include "daemon/logging/log.h"
#include "daemon/network/dns_sockets.h"
#include "daemon/network/endpoint_check.h"
#include "daemon/network/ids.h"
#include "daemon/network/manager.h"
#include "daemon/network/resolv_conf.h"
#include "daemon/network/sysctl.h"

namespace buoy::network {

namespace {

const json::List<std::string>& Nonempty(const json::List<std::string>& list,
                                        const std::vector<std::string>& fallback,
                                        json::List<std::string>& buffer) {
  if (!list.empty()) return list;
  buffer = json::List<std::string>(fallback);
  return buffer;
}

// ndots:1 or more: names without a dot are for the search domains first.
bool NdotsSet(const json::List<std::string>& options) {
  for (const std::string& option : options) {
    if (option.starts_with("ndots:") && option != "ndots:0") return true;
  }
  return false;
}

}  // namespace

// The active ones, by interface.
std::vector<const EndpointRecord*> Manager::InOrder(const Endpoints& endpoints) const {
  std::vector<const EndpointRecord*> ordered;
  for (const auto& [id, endpoint] : endpoints) {
    if (endpoint.active) ordered.push_back(&endpoint);
  }
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    const std::string& left = a->container_interface;
    const std::string& right = b->container_interface;
    return std::pair(left.size(), left) < std::pair(right.size(), right);
  });
  return ordered;
}

bool Manager::UsesHostNamespace(const Endpoints& endpoints) const {
  return std::any_of(endpoints.begin(), endpoints.end(), [&](const auto& entry) {
    return entry.second.active && NetworkOf(entry.second).is_host();
  });
}

// Do containers find each other by name on it?
bool Manager::HasNames(const Network& network) const {
  return network.is_bridge() && !network.is_default_bridge();
}

Sandbox Manager::View(const SandboxRequest& request, const Endpoints& endpoints,
                      std::vector<Publication> bound) const {
  Sandbox sandbox;
  sandbox.id = SandboxId(request.container_id);
  sandbox.networks.is_null = false;
  if (!UsesHostNamespace(endpoints)) sandbox.key = NetnsPath(request.container_id);
  sandbox.ports = types::PortMap::Empty();
  for (const EndpointRecord* endpoint : InOrder(endpoints)) {
    const Network& network = NetworkOf(*endpoint);
    sandbox.networks[network.name()] = endpoint->settings;
    if (!network.is_bridge()) continue;
    for (const auto& [port, none] : ExposedPorts(request.config, request.host_config)) {
      sandbox.ports[port];
    }
  }
  for (const EndpointRecord* endpoint : InOrder(endpoints)) {
    for (const PortRecord& port : endpoint->ports) {
      if (port.container_ip.empty()) continue;
      sandbox.ports[std::to_string(port.container_port) + "/" + port.proto].push_back(
          {port.host_ip, std::to_string(port.host_port)});
      PublishedPort published{port.proto,
                              port.host_ip,
                              port.host_port,
                              port.container_ip,
                              port.container_port,
                              port.proxy,
                              {}};
      for (Publication& made : bound) {
        if (made.record.proto == port.proto && made.record.host_ip == port.host_ip &&
            made.record.host_port == port.host_port) {
          published.socket = std::move(made.socket);
        }
      }
      sandbox.published.push_back(std::move(published));
    }
  }
  return sandbox;
}

std::vector<std::string> Manager::HostGateways() const {
  if (!options_.host_gateway_ips.empty()) return options_.host_gateway_ips;
  std::vector<std::string> gateways;
  for (const auto& [id, network] : networks_) {
    if (!network.is_default_bridge()) continue;
    for (const net::IpPrefix& gateway : network.gateways()) {
      gateways.push_back(gateway.address().ToString());
    }
  }
  return gateways;
}

// --link on the default bridge: alias, host name and name of the other container.
std::vector<HostsRecord> Manager::LinkRecords(const SandboxRequest& request) const {
  std::vector<HostsRecord> records;
  for (const std::string& link : request.host_config.links) {
    const size_t colon = link.find(':');
    std::string target = link.substr(0, colon);
    std::string alias = colon == std::string::npos ? target : link.substr(colon + 1);
    for (std::string* name : {&target, &alias}) name->erase(0, name->rfind('/') + 1);
    for (const auto& [container, endpoints] : endpoints_) {
      for (const auto& [id, endpoint] : endpoints) {
        const bool meant = endpoint.container_name == target || container == target ||
                           (target.size() >= 12 && container.starts_with(target));
        if (!meant || !endpoint.active || !NetworkOf(endpoint).is_default_bridge()) continue;
        std::string names = alias + " " + endpoint.hostname;
        if (alias != endpoint.container_name) names += " " + endpoint.container_name;
        records.push_back({endpoint.settings.ip_address, names});
      }
    }
  }
  return records;
}

std::string Manager::MakeResolvConf(const SandboxRequest& request, const Endpoints& endpoints,
                                    Sandbox& sandbox) const {
  const std::string path = HostResolvConfPath(options_.resolv_conf_path);
  auto text = ReadFile(path);
  ResolvConf conf = ResolvConf::Parse(text.ok() ? *text : "", path);
  const types::HostConfig& host = request.host_config;
  json::List<std::string> buffer;
  if (const auto& dns = Nonempty(host.dns, options_.dns, buffer); !dns.empty()) {
    conf.OverrideNameServers(dns);
  }
  if (const auto& search = Nonempty(host.dns_search, options_.dns_search, buffer);
      !search.empty()) {
    conf.OverrideSearch(search);
  }
  if (const auto& options = Nonempty(host.dns_options, options_.dns_options, buffer);
      !options.empty()) {
    conf.OverrideOptions(options);
  }
  bool bridged = false, named = false, ipv6 = false;
  for (const EndpointRecord* endpoint : InOrder(endpoints)) {
    const Network& network = NetworkOf(*endpoint);
    bridged = bridged || network.is_bridge();
    named = named || HasNames(network);
    ipv6 = ipv6 || !endpoint->settings.global_ipv6_address.empty();
  }
  if (named && options_.serve_dns) {
    sandbox.uses_dns_server = true;
    const std::vector<std::string> servers = conf.TransformForInternalServer();
    // Whoever has no way out must not get one through the host's name servers.
    const bool way_out = GatewayEndpoint(endpoints, false) || GatewayEndpoint(endpoints, true);
    if (NdotsSet(Nonempty(host.dns_options, options_.dns_options, buffer))) {
      sandbox.resolvers = "ndots\n";
    }
    if (way_out && !conf.overridden()) sandbox.resolvers += "host " + path + "\n";
    if (way_out && conf.overridden()) {
      for (const std::string& server : servers) sandbox.resolvers += "server " + server + "\n";
    }
  } else if (bridged) {
    conf.TransformForBridge(ipv6);
  }
  return conf.ToText();
}

Result<SandboxFiles> Manager::MakeFiles(const SandboxRequest& request, const Endpoints& endpoints,
                                        Sandbox& sandbox) const {
  SandboxFiles files;
  BUOY_ASSIGN(std::vector<HostsRecord> extra,
              ParseExtraHosts(request.host_config.extra_hosts, HostGateways()));
  for (HostsRecord& link : LinkRecords(request)) extra.push_back(std::move(link));
  if (UsesHostNamespace(endpoints) && extra.empty()) {
    auto text = ReadFile("/etc/hosts");
    if (text.ok()) files.hosts = *text;
  } else {
    std::vector<HostsRecord> own;
    const std::string names = HostsNames(request.config.hostname, request.config.domainname);
    for (const EndpointRecord* endpoint : InOrder(endpoints)) {
      const types::EndpointSettings& settings = endpoint->settings;
      for (const std::string& ip : {settings.ip_address, settings.global_ipv6_address}) {
        if (!ip.empty()) own.push_back({ip, names});
      }
    }
    const auto& sysctls = request.host_config.sysctls;
    auto disabled = sysctls.find("net.ipv6.conf.all.disable_ipv6");
    const bool ipv6 = KernelHasIpv6() && (disabled == sysctls.end() || disabled->second != "1");
    files.hosts = HostsFile(extra, own, ipv6);
  }
  files.hostname = request.config.hostname + "\n";
  files.resolv_conf = MakeResolvConf(request, endpoints, sandbox);
  return files;
}

json::Map<types::EndpointSettings> Manager::StoppedSettings(
    const std::string& container_id, json::Map<types::EndpointSettings> networks) {
  std::lock_guard lock(mutex_);
  auto known = endpoints_.find(container_id);
  for (auto& [name, settings] : networks) {
    ClearFacts(settings);
    auto network = Find(name);
    if (!network.ok() || known == endpoints_.end()) continue;
    auto endpoint = known->second.find((*network)->id());
    if (endpoint == known->second.end() || !endpoint->second.mac_generated) continue;
    if (settings.mac_address == endpoint->second.settings.mac_address) settings.mac_address.clear();
  }
  return networks;
}

std::vector<DnsName> Manager::DnsNames(const std::string& container_id) {
  std::lock_guard lock(mutex_);
  return DnsNamesLocked(container_id);
}

std::vector<DnsName> Manager::DnsNamesLocked(const std::string& container_id) const {
  std::vector<DnsName> names;
  std::set<std::pair<std::string, std::string>> seen;
  auto add = [&](const std::string& name, const types::EndpointSettings& settings) {
    for (const std::string& ip : {settings.ip_address, settings.global_ipv6_address}) {
      if (!ip.empty() && seen.emplace(name, ip).second) names.push_back({name, ip});
    }
  };
  auto own = endpoints_.find(container_id);
  if (own == endpoints_.end()) return names;
  for (const EndpointRecord* mine : InOrder(own->second)) {
    const Network& network = NetworkOf(*mine);
    if (!HasNames(network)) continue;
    for (const auto& [container, endpoints] : endpoints_) {
      auto peer = endpoints.find(network.id());
      if (peer == endpoints.end() || !peer->second.active) continue;
      for (const std::string& name : peer->second.settings.dns_names) {
        add(name, peer->second.settings);
        add(name + "." + network.name(), peer->second.settings);
      }
      // --link on this network: names that only this container knows.
      for (const std::string& link : mine->settings.links) {
        const size_t colon = link.find(':');
        const std::string target = link.substr(0, colon);
        if (target != peer->second.container_name && target != container) continue;
        add(colon == std::string::npos ? target : link.substr(colon + 1), peer->second.settings);
      }
    }
  }
  return names;
}

Status Manager::PrepareDns(const std::string& container_id, Sandbox& sandbox) const {
  if (!sandbox.uses_dns_server) return Ok();
  const std::string folder = options_.exec_root + "/containers/" + container_id;
  BUOY_TRY(MakeDirs(folder, 0711));
  BUOY_TRY(ReplaceFile(folder + "/resolvers", sandbox.resolvers, 0644));
  BUOY_ASSIGN(NetnsFile netns, NetnsFile::Open(NetnsPath(container_id)));
  BUOY_ASSIGN(sandbox.dns_sockets, OpenDnsSockets(netns.fd()));
  return Ok();
}

// For all who share a network with `endpoints`. Nobody reads them while the shims serve no DNS.
void Manager::WriteDnsTables(const Endpoints& endpoints) const {
  if (!options_.serve_dns) return;
  for (const auto& [container, peers] : endpoints_) {
    bool concerned = std::any_of(peers.begin(), peers.end(), [&](const auto& entry) {
      return entry.second.active && endpoints.contains(entry.first) &&
             HasNames(NetworkOf(entry.second));
    });
    if (!concerned) continue;
    std::string table;
    for (const DnsName& name : DnsNamesLocked(container)) {
      table += name.name + " " + name.address + "\n";
    }
    Status status =
        ReplaceFile(options_.exec_root + "/containers/" + container + "/dns", table, 0644);
    if (!status.ok()) log::Warn("cannot write a name table", {{"error", status.error().message()}});
  }
}

}  // namespace buoy::network
