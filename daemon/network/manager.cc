#include "daemon/network/manager.h"

#include <dirent.h>

#include <algorithm>

#include "common/gotime/time.h"
#include "common/random_id/random_id.h"
#include "common/unix/file.h"
#include "common/unix/netns.h"
#include "daemon/events/event_sink.h"
#include "daemon/logging/log.h"
#include "daemon/network/bridge_device.h"
#include "daemon/network/ids.h"

namespace buoy::network {

Result<std::unique_ptr<NetworkManager>> NetworkManager::Open(Options options, state::Db& db,
                                                             events::EventSink* events) {
  BUOY_ASSIGN(Netlink netlink, Netlink::Open());
  auto manager = std::make_unique<Manager>(std::move(options), db, events, std::move(netlink));
  BUOY_TRY(manager->Load());
  return std::unique_ptr<NetworkManager>(std::move(manager));
}

void Manager::SetContainerDefaults(const Options& options) {
  std::lock_guard lock(mutex_);
  options_.dns = options.dns;
  options_.dns_options = options.dns_options;
  options_.dns_search = options.dns_search;
  options_.host_gateway_ips = options.host_gateway_ips;
  options_.default_address_pools = options.default_address_pools;
}

Status Manager::Load() {
  BUOY_ASSIGN(std::vector<types::NetworkResource> resources, store_.LoadNetworks());
  for (types::NetworkResource& resource : resources) {
    const std::string id = resource.id;
    BUOY_ASSIGN_CONTEXT(Network network, Network::FromResource(std::move(resource)),
                        "load network " + id);
    networks_.emplace(id, std::move(network));
    order_.push_back(id);
  }
  BUOY_ASSIGN(std::vector<EndpointRecord> endpoints, store_.LoadEndpoints());
  for (EndpointRecord& endpoint : endpoints) {
    if (!networks_.contains(endpoint.network_id)) continue;
    endpoints_[endpoint.container_id][endpoint.network_id] = std::move(endpoint);
  }
  return Ok();
}

Status Manager::Start(const std::set<std::string>& running_containers) {
  std::lock_guard lock(mutex_);
  if (options_.iptables || options_.ip6tables) {
    BUOY_ASSIGN(Firewall firewall, Firewall::Open());
    firewall_.emplace(std::move(firewall));
  }
  bool containers_run = false;
  for (const auto& [container, endpoints] : endpoints_) {
    containers_run = containers_run || running_containers.contains(container);
  }
  BUOY_TRY(EnsurePredefined(containers_run));
  BUOY_TRY(MakeDirs(options_.exec_root + "/netns"));
  bool ipv6 = false;
  for (auto& [id, network] : networks_) {
    if (!network.is_bridge()) continue;
    ipv6 = ipv6 || network.resource().enable_ipv6;
    auto index = EnsureBridge(netlink_, network, options_.iptables);
    if (index.ok()) {
      bridges_[id] = *index;
    } else if (network.is_default_bridge()) {
      return std::move(index).error().Context("error creating default \"bridge\" network");
    } else {
      log::Error("cannot set up network " + network.name(), {{"error", index.error().message()}});
    }
  }
  bool was_off = false;
  if (options_.ip_forward && !bridges_.empty()) {
    BUOY_ASSIGN_CONTEXT(was_off, EnableForwarding(ipv6), "enable IP forwarding");
  }
  // One without any endpoint (disconnected from its last network) has a namespace all the same.
  sandboxes_ = running_containers;
  BUOY_TRY(Adopt(running_containers));
  SweepNamespaces();
  SweepInterfaces();
  // Containers may have ended while nobody was there: their names go.
  Endpoints all;
  for (const auto& [container, endpoints] : endpoints_) {
    all.insert(endpoints.begin(), endpoints.end());
  }
  WriteDnsTables(all);
  if (!firewall_) return Ok();
  WantedRules wanted = Wanted();
  wanted.drop_unrelated = was_off && !options_.ip_forward_no_drop;
  BUOY_TRY(firewall_->Start(std::move(wanted)));
  auto watch = FirewallWatch::Open(kTableName, [this] { MendFirewall(); });
  if (!watch.ok()) {
    log::Warn("the packet filter is not watched", {{"error", watch.error().message()}});
    return Ok();
  }
  firewall_watch_ = *std::move(watch);
  return Ok();
}

// Somebody may have flushed the ruleset.
void Manager::MendFirewall() {
  std::lock_guard lock(mutex_);
  auto mended = firewall_->Mend(Wanted());
  if (!mended.ok()) {
    log::Error("cannot put the packet filter back", {{"error", mended.error().message()}});
  } else if (*mended) {
    log::Warn("somebody has changed the packet filter's table, it has been put back",
              {{"table", std::string("inet ") + kTableName}});
  }
}

Status Manager::EnsurePredefined(bool containers_run) {
  for (const char* name : {"host", "none"}) {
    if (Find(name).ok()) continue;
    BUOY_TRY(StoreNetwork(PlanPredefined(name, NewPlanContext(""))));
  }
  return EnsureDefaultBridge(containers_run);
}

Status Manager::EnsureDefaultBridge(bool containers_run) {
  auto current = Find("bridge");
  if (options_.bridge == "none") {
    if (!current.ok() || containers_run) return Ok();
    const std::string id = (*current)->id();
    BUOY_TRY(store_.DeleteNetwork(id));
    for (auto& [container, endpoints] : endpoints_) endpoints.erase(id);
    networks_.erase(id);
    std::erase(order_, id);
    return Ok();
  }
  const std::string device = options_.bridge.empty() ? "docker0" : options_.bridge;
  std::vector<net::IpPrefix> addresses;
  auto link = netlink_.GetLink(device);
  if (link.ok()) {
    BUOY_ASSIGN(addresses, netlink_.Addresses(link->index));
  }
  const std::string id = current.ok() ? (*current)->id() : "";
  // What was chosen once is kept while no option says otherwise and the device is gone (a reboot).
  if (addresses.empty() && current.ok() && (*current)->bridge().interface == device) {
    addresses = (*current)->gateways();
  }
  PlanContext context = NewPlanContext(id);
  if (current.ok()) {
    context.id = id;
    context.created = (*current)->resource().created;
  }
  BUOY_ASSIGN_CONTEXT(types::NetworkResource planned,
                      PlanDefaultBridge(options_, addresses, context),
                      "error creating default \"bridge\" network");
  if (!current.ok()) return StoreNetwork(std::move(planned));
  const types::NetworkResource& stored = (*current)->resource();
  auto same_ipam = [](const types::IpamConfig& a, const types::IpamConfig& b) {
    return a.subnet == b.subnet && a.gateway == b.gateway && a.ip_range == b.ip_range &&
           a.aux_addresses == b.aux_addresses;
  };
  if (planned.options == stored.options && planned.enable_ipv6 == stored.enable_ipv6 &&
      std::equal(planned.ipam.config.begin(), planned.ipam.config.end(), stored.ipam.config.begin(),
                 stored.ipam.config.end(), same_ipam)) {
    return Ok();
  }
  if (containers_run) {
    log::Warn("There are old running containers, the network config will not take affect");
    return Ok();
  }
  return StoreNetwork(std::move(planned));
}

Status Manager::StoreNetwork(types::NetworkResource resource) {
  const std::string id = resource.id;
  BUOY_ASSIGN(Network network, Network::FromResource(resource));
  BUOY_TRY(store_.PutNetwork(resource));
  if (!networks_.contains(id)) order_.push_back(id);
  networks_.insert_or_assign(id, std::move(network));
  return Ok();
}

PlanContext Manager::NewPlanContext(const std::string& except_network) {
  PlanContext context;
  auto machine_id = ReadFile("/etc/machine-id");
  context.pools = options_.default_address_pools;
  auto defaults =
      DefaultAddressPools(UlaPrefix(machine_id.ok() ? *machine_id : options_.data_root));
  bool has_v6 = std::any_of(context.pools.begin(), context.pools.end(), [](const auto& pool) {
    return pool.base.find(':') != std::string::npos;
  });
  if (context.pools.empty()) {
    context.pools = defaults;
  } else if (!has_v6) {
    context.pools.push_back(defaults.back());
  }
  for (const auto& [id, network] : networks_) {
    if (id == except_network) continue;
    for (const net::IpPrefix& subnet : network.Subnets()) context.networks.push_back(subnet);
  }
  if (auto routes = netlink_.RoutedPrefixes(); routes.ok()) context.host = *routes;
  if (auto addresses = netlink_.Addresses(0); addresses.ok()) {
    for (const net::IpPrefix& address : *addresses) {
      if (!address.address().IsLoopback()) context.host.push_back(address);
    }
  }
  context.id = RandomId();
  context.created = gotime::FormatRfc3339Nano(gotime::Now());
  return context;
}

Status Manager::Adopt(const std::set<std::string>& running) {
  for (auto& [container, endpoints] : endpoints_) {
    const bool lives = running.contains(container);
    for (auto& [network_id, endpoint] : endpoints) {
      if (!lives) {
        if (endpoint.active) BUOY_TRY(GiveUp(endpoint));
        continue;
      }
      // The shim holds the ports of an endpoint that was disconnected meanwhile, too.
      for (const PortRecord& port : endpoint.ports) {
        if (auto ip = net::IpAddress::Parse(port.host_ip)) {
          ports_.Adopt(port.proto, *ip, port.host_port);
        }
      }
      if (endpoint.active) AdoptAddresses(endpoint);
    }
  }
  return Ok();
}

void Manager::AdoptAddresses(const EndpointRecord& endpoint) {
  Network& network = NetworkOf(endpoint);
  for (const std::string& text :
       {endpoint.settings.ip_address, endpoint.settings.global_ipv6_address}) {
    auto address = net::IpAddress::Parse(text);
    if (address && !network.TakeAddress(address->is_v6(), *address, {}, {}).ok()) {
      log::Warn("address of a running container is not free",
                {{"container", endpoint.container_id}, {"address", text}});
    }
  }
}

Status Manager::GiveUp(EndpointRecord& endpoint) {
  endpoint.active = false;
  return store_.PutEndpoint(endpoint);
}

// Namespace files of containers that no longer run.
void Manager::SweepNamespaces() const {
  std::set<std::string> wanted;
  for (const std::string& container : sandboxes_) {
    wanted.insert(SandboxId(container).substr(0, 12));
  }
  const std::string folder = options_.exec_root + "/netns";
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return;
  std::vector<std::string> stale;
  while (dirent* entry = readdir(dir)) {
    const std::string name = entry->d_name;
    if (name.size() == 12 && name.find_first_not_of("0123456789abcdef") == std::string::npos &&
        !wanted.contains(name)) {
      stale.push_back(name);
    }
  }
  closedir(dir);
  for (const std::string& name : stale) {
    Status status = NetnsFile::Remove(folder + "/" + name);
    if (!status.ok()) log::Warn(status.error().message());
  }
}

// Interfaces on our bridges that belong to nobody: their namespaces are held by strangers.
void Manager::SweepInterfaces() {
  std::set<std::string> wanted;
  for (const auto& [container, endpoints] : endpoints_) {
    for (const auto& [id, endpoint] : endpoints) {
      if (endpoint.active) wanted.insert(endpoint.host_interface);
    }
  }
  auto links = netlink_.Links();
  if (!links.ok()) return;
  for (const Link& link : *links) {
    bool ours = std::any_of(bridges_.begin(), bridges_.end(),
                            [&](const auto& bridge) { return bridge.second == link.master; });
    if (ours && link.kind == "veth" && link.name.starts_with("veth") &&
        !wanted.contains(link.name)) {
      reaper_.Add(link.name);
    }
  }
}

WantedRules Manager::Wanted() const {
  WantedRules wanted;
  wanted.ipv4 = options_.iptables;
  wanted.ipv6 = options_.ip6tables;
  for (const std::string& id : order_) {
    const Network& network = networks_.at(id);
    if (!network.is_bridge()) continue;
    const BridgeConfig& config = network.bridge();
    wanted.bridges.push_back({config.interface, network.Subnets(), network.resource().internal,
                              config.icc, config.masquerade, config.snat4, config.snat6});
  }
  for (const auto& [container, endpoints] : endpoints_) {
    for (const auto& [id, endpoint] : endpoints) {
      if (!endpoint.active) continue;
      for (const PortRecord& port : endpoint.ports) {
        auto host = net::IpAddress::Parse(port.host_ip);
        auto inside = net::IpAddress::Parse(port.container_ip);
        if (!host || !inside) continue;
        wanted.ports.push_back(
            {ProtocolNumber(port.proto), *host, port.host_port, *inside, port.container_port});
      }
    }
  }
  return wanted;
}

Status Manager::ApplyFirewall() {
  if (!firewall_) return Ok();
  return firewall_->Apply(Wanted());
}

Result<Network*> Manager::Find(const std::string& name_or_id) {
  const std::string& term = name_or_id == "default" ? std::string("bridge") : name_or_id;
  Network* by_name = nullptr;
  std::vector<Network*> by_prefix;
  for (auto& [id, network] : networks_) {
    if (id == term) return &network;
    if (network.name() == term) by_name = &network;
    if (!term.empty() && id.starts_with(term)) by_prefix.push_back(&network);
  }
  if (by_name != nullptr) return by_name;
  if (by_prefix.size() == 1) return by_prefix.front();
  if (by_prefix.size() > 1) {
    return InvalidArgument("network " + term + " is ambiguous (" +
                           std::to_string(by_prefix.size()) + " matches found based on ID prefix)");
  }
  return NotFound("network " + term + " not found");
}

std::string Manager::NetnsPath(const std::string& container_id) const {
  return options_.exec_root + "/netns/" + SandboxId(container_id).substr(0, 12);
}

void Manager::Emit(const std::string& action, const Network& network,
                   const std::string& container) {
  if (events_ == nullptr) return;
  types::Event event;
  event.type = "network";
  event.action = action;
  event.actor.id = network.id();
  event.actor.attributes["name"] = network.name();
  event.actor.attributes["type"] = network.resource().driver;
  if (!container.empty()) event.actor.attributes["container"] = container;
  events_->Publish(std::move(event));
}

}  // namespace buoy::network
