// Containers: what they are attached to, setting them up, tearing them down.
#include <algorithm>

#include "common/random_id/random_id.h"
#include "common/unix/file.h"
#include "common/unix/netns.h"
#include "daemon/logging/log.h"
#include "daemon/network/bridge_device.h"
#include "daemon/network/endpoint_check.h"
#include "daemon/network/ids.h"
#include "daemon/network/manager.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::network {

namespace {

const EndpointRecord* FindIn(const std::map<std::string, EndpointRecord>& endpoints,
                             const std::string& network_id) {
  auto found = endpoints.find(network_id);
  return found == endpoints.end() ? nullptr : &found->second;
}

net::IpAddress ParseOrInvalid(const std::string& text) {
  return net::IpAddress::Parse(text).value_or(net::IpAddress());
}

}  // namespace

Status Manager::Validate(const SandboxRequest& request) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> errors;
  for (const auto& [name, wish] : request.networks) {
    auto network = Find(name);
    Status checked = CheckEndpoint(wish, name, network.ok() ? *network : nullptr);
    if (checked.ok()) continue;
    errors.push_back("invalid config for network " + name + ": " + checked.error().message());
  }
  if (errors.empty()) return Ok();
  return InvalidArgument(JoinErrors(errors));
}

// What the container is to be attached to, in the order of its interfaces.
Result<std::vector<Manager::Attachment>> Manager::Resolve(const SandboxRequest& request) {
  std::vector<Attachment> attachments;
  if (request.config.network_disabled) return attachments;
  const std::string& mode = request.host_config.network_mode;
  const std::string main = mode.empty() || mode == "default" ? "bridge" : mode;
  json::Map<types::EndpointSettings> wishes = request.networks;
  if (wishes.empty()) wishes[main];
  std::vector<const Network*> networks;
  for (auto& [name, wish] : wishes) {
    if (options_.bridge == "none" && (name == "bridge" || name == "default")) continue;
    // A user's network is meant by its id: another one may have got its name meanwhile.
    const bool by_id = IsUserDefined(name) && !wish.network_id.empty();
    BUOY_ASSIGN(Network * network, Find(by_id ? wish.network_id : name));
    if (network->resource().config_only) {
      return Forbidden("cannot create endpoint on configuration-only network");
    }
    BUOY_TRY(CheckEndpoint(wish, network->name(), network));
    networks.push_back(network);
    attachments.push_back({network, wish});
  }
  BUOY_TRY(CheckTogether(networks));
  auto rank = [&](const Network& network) {
    if (network.is_default_bridge()) return 0;
    return network.name() == main || network.id() == main ? 1 : 2;
  };
  std::sort(attachments.begin(), attachments.end(), [&](const auto& a, const auto& b) {
    return std::pair(rank(*a.network), a.network->name()) <
           std::pair(rank(*b.network), b.network->name());
  });
  return attachments;
}

Status Manager::CheckTogether(const std::vector<const Network*>& networks) const {
  if (networks.size() < 2) return Ok();
  for (const Network* network : networks) {
    if (network->is_host()) {
      return InvalidArgument(
          "container sharing network namespace with another container or host cannot be connected "
          "to any other network");
    }
    if (network->is_null()) {
      return InvalidArgument(
          "container cannot be connected to multiple networks with one of the networks in private "
          "(none) mode");
    }
  }
  return Ok();
}

void Manager::ChooseMac(const SandboxRequest& request, const EndpointRecord* last,
                        EndpointRecord& endpoint) {
  std::string& mac = endpoint.settings.mac_address;
  // After a crash the stored wish may still hold the address that was generated for the last run.
  if (last != nullptr && last->mac_generated && mac == last->settings.mac_address) mac.clear();
  const std::string& mode = request.host_config.network_mode;
  const Network& network = NetworkOf(endpoint);
  const bool is_main = mode == network.name() || mode == network.id() ||
                       (!IsUserDefined(mode) && network.is_default_bridge());
  if (mac.empty() && is_main) mac = request.config.mac_address;
  auto parsed = net::ParseMac(mac);
  endpoint.mac_generated = !parsed;
  const std::string& address = endpoint.settings.ip_address.empty()
                                   ? endpoint.settings.global_ipv6_address
                                   : endpoint.settings.ip_address;
  mac = parsed ? net::FormatMac(*parsed) : MacOf(address);
}

// Fills in everything but the gateway's part of the ports.
Result<EndpointRecord> Manager::Allocate(const SandboxRequest& request,
                                         const Attachment& attachment,
                                         const std::string& interface) {
  const Network& network = *attachment.network;
  auto remembered = endpoints_.find(request.container_id);
  const EndpointRecord* last =
      remembered == endpoints_.end() ? nullptr : FindIn(remembered->second, network.id());
  EndpointRecord endpoint;
  endpoint.id = RandomId();
  endpoint.network_id = network.id();
  endpoint.container_id = request.container_id;
  endpoint.container_name = request.container_name;
  endpoint.hostname = request.config.hostname;
  endpoint.active = true;
  endpoint.settings = attachment.wish;
  types::EndpointSettings& settings = endpoint.settings;
  ClearFacts(settings);
  settings.network_id = network.id();
  settings.endpoint_id = endpoint.id;
  settings.dns_names = {};
  if (HasNames(network)) {
    settings.dns_names = EndpointNames(request.container_name, settings.aliases,
                                       request.container_id, request.config.hostname);
  }
  if (!network.is_bridge()) return endpoint;
  endpoint.host_interface = "veth" + RandomId().substr(0, 7);
  endpoint.container_interface = interface;
  BUOY_TRY(AllocateAddresses(endpoint, last));
  ChooseMac(request, last, endpoint);
  return endpoint;
}

// Either all or none.
Status Manager::AllocateAddresses(EndpointRecord& endpoint, const EndpointRecord* last) {
  Network& network = NetworkOf(endpoint);
  types::EndpointSettings& settings = endpoint.settings;
  const types::EndpointIpamConfig wish = settings.ipam_config.value_or(types::EndpointIpamConfig{});
  const std::set<net::IpAddress> avoid = Avoided(network.id(), endpoint.container_id);
  Cleanup undo([&] { ReleaseAddresses(endpoint); });
  if (network.resource().enable_ipv4) {
    BUOY_ASSIGN(auto taken,
                network.TakeAddress(false, ParseOrInvalid(wish.ipv4_address),
                                    ParseOrInvalid(last ? last->settings.ip_address : ""), avoid));
    settings.ip_address = taken.address.ToString();
    settings.ip_prefix_len = taken.prefix_length;
    settings.gateway = network.ContainerGateway(false).ToString();
  }
  if (network.resource().enable_ipv6) {
    BUOY_ASSIGN(
        auto taken,
        network.TakeAddress(true, ParseOrInvalid(wish.ipv6_address),
                            ParseOrInvalid(last ? last->settings.global_ipv6_address : ""), avoid));
    settings.global_ipv6_address = taken.address.ToString();
    settings.global_ipv6_prefix_len = taken.prefix_length;
    settings.ipv6_gateway = network.ContainerGateway(true).ToString();
  }
  undo.Release();
  return Ok();
}

void Manager::ReleaseAddresses(const EndpointRecord& endpoint) {
  for (const std::string& text :
       {endpoint.settings.ip_address, endpoint.settings.global_ipv6_address}) {
    auto address = net::IpAddress::Parse(text);
    if (address) NetworkOf(endpoint).ReleaseAddress(*address);
  }
}

// Addresses that other containers had in their last run and may want again.
std::set<net::IpAddress> Manager::Avoided(const std::string& network_id,
                                          const std::string& container_id) const {
  std::set<net::IpAddress> avoided;
  for (const auto& [container, endpoints] : endpoints_) {
    const EndpointRecord* endpoint = FindIn(endpoints, network_id);
    if (container == container_id || endpoint == nullptr || endpoint->active) continue;
    for (const std::string& text :
         {endpoint->settings.ip_address, endpoint->settings.global_ipv6_address}) {
      if (auto address = net::IpAddress::Parse(text)) avoided.insert(*address);
    }
  }
  return avoided;
}

std::string Manager::FreeInterface(const Endpoints& endpoints, const Network& network,
                                   const types::EndpointSettings& wish) const {
  auto named = wish.driver_opts.find(kEndpointInterface);
  if (named != wish.driver_opts.end() && !named->second.empty()) return named->second;
  for (int number = 0;; ++number) {
    std::string name = network.bridge().interface_prefix + std::to_string(number);
    bool taken = std::any_of(endpoints.begin(), endpoints.end(), [&](const auto& entry) {
      return entry.second.active && entry.second.container_interface == name;
    });
    if (!taken) return name;
  }
}

Result<ContainerLink> Manager::LinkOf(const EndpointRecord& endpoint) {
  const Network& network = NetworkOf(endpoint);
  const types::EndpointSettings& settings = endpoint.settings;
  auto bridge = bridges_.find(network.id());
  if (bridge == bridges_.end()) {
    return Internal("network " + network.name() + " has no bridge: see the daemon's log");
  }
  ContainerLink link;
  link.host_name = endpoint.host_interface;
  link.name = endpoint.container_interface;
  link.mac = settings.mac_address;
  link.bridge = bridge->second;
  link.mtu = network.bridge().mtu;
  link.isolated = !network.bridge().icc;
  if (auto address = net::IpAddress::Parse(settings.ip_address)) {
    link.addresses.emplace_back(*address, settings.ip_prefix_len);
  }
  if (auto address = net::IpAddress::Parse(settings.global_ipv6_address)) {
    link.addresses.emplace_back(*address, settings.global_ipv6_prefix_len);
  }
  if (settings.ipam_config) {
    for (const std::string& text : settings.ipam_config->link_local_ips) {
      auto address = net::IpAddress::Parse(text);
      if (address) link.addresses.emplace_back(*address, address->is_v4() ? 16 : 64);
    }
  }
  auto sysctls = settings.driver_opts.find(kEndpointSysctls);
  if (sysctls != settings.driver_opts.end()) link.sysctls = SplitComma(sysctls->second);
  return link;
}

Gateways Manager::GatewaysOf(const Endpoints& endpoints) const {
  Gateways gateways;
  if (const EndpointRecord* via = GatewayEndpoint(endpoints, false)) {
    gateways.ipv4 = ParseOrInvalid(via->settings.gateway);
    gateways.interface4 = via->container_interface;
  }
  if (const EndpointRecord* via = GatewayEndpoint(endpoints, true)) {
    gateways.ipv6 = ParseOrInvalid(via->settings.ipv6_gateway);
    gateways.interface6 = via->container_interface;
  }
  return gateways;
}

Status Manager::BuildNamespace(const std::string& container_id, const Endpoints& endpoints) {
  const std::string path = NetnsPath(container_id);
  BUOY_TRY(NetnsFile::Remove(path));
  BUOY_ASSIGN(NetnsFile netns, NetnsFile::Create(path));
  std::vector<ContainerLink> links;
  for (const EndpointRecord* endpoint : InOrder(endpoints)) {
    if (endpoint->host_interface.empty()) continue;
    BUOY_ASSIGN(ContainerLink link, LinkOf(*endpoint));
    BUOY_TRY(AttachLink(netlink_, netns.fd(), link));
    links.push_back(std::move(link));
  }
  return ConfigureNamespace(netns.fd(), links, GatewaysOf(endpoints));
}

// Writes `endpoints`; rows of `replaced` that are not among them go.
Status Manager::Persist(const Endpoints& endpoints, const Endpoints& replaced,
                        state::Durability durability) {
  return state::Transaction(store_.db(), durability, [&]() -> Status {
    for (const auto& [id, endpoint] : replaced) {
      if (endpoints.contains(id)) continue;
      BUOY_TRY(store_.DeleteEndpoint(id, endpoint.container_id));
    }
    for (const auto& [id, endpoint] : endpoints) BUOY_TRY(store_.PutEndpoint(endpoint));
    return Ok();
  });
}

Result<Sandbox> Manager::Setup(const SandboxRequest& request) {
  std::lock_guard lock(mutex_);
  auto sandbox = SetupLocked(request);
  if (sandbox.ok()) return sandbox;
  return std::move(sandbox).error().Context("failed to set up container networking");
}

Result<Sandbox> Manager::SetupLocked(const SandboxRequest& request) {
  const std::string& id = request.container_id;
  BUOY_TRY(TeardownLocked(id));
  BUOY_ASSIGN(std::vector<Attachment> attachments, Resolve(request));
  Endpoints last;
  json::List<PortRecord> remembered;
  if (auto found = endpoints_.find(id); found != endpoints_.end()) last = found->second;
  for (const auto& [network, endpoint] : last) {
    remembered.insert(remembered.end(), endpoint.ports.begin(), endpoint.ports.end());
  }
  Endpoints fresh;
  Cleanup undo([&] { Abandon(id, fresh, last); });
  for (const Attachment& attachment : attachments) {
    const std::string interface = FreeInterface(fresh, *attachment.network, attachment.wish);
    BUOY_ASSIGN(EndpointRecord endpoint, Allocate(request, attachment, interface));
    fresh.emplace(attachment.network->id(), std::move(endpoint));
  }
  BUOY_ASSIGN(std::vector<Publication> ports,
              PublishPorts(request, fresh, {}, std::move(remembered)));
  Sandbox sandbox = View(request, fresh, {});
  BUOY_ASSIGN(sandbox.files, MakeFiles(request, fresh, sandbox));
  endpoints_[id] = fresh;
  failpoint::Hit("sandbox.begin");
  // A sandbox ends with the machine: nothing here waits for the disk.
  BUOY_TRY(Persist(fresh, last, state::Durability::kProcess));
  failpoint::Hit("sandbox.row");
  if (!UsesHostNamespace(fresh)) BUOY_TRY(BuildNamespace(id, fresh));
  failpoint::Hit("sandbox.namespace");
  BUOY_TRY(PrepareDns(id, sandbox));
  BUOY_TRY(ApplyFirewall());
  failpoint::Hit("sandbox.firewall");
  BUOY_TRY(Admit(ports));
  undo.Release();
  sandboxes_.insert(id);
  sandbox.published = View(request, fresh, std::move(ports)).published;
  WriteDnsTables(fresh);
  for (const Attachment& attachment : attachments) Emit("connect", *attachment.network, id);
  return sandbox;
}

// A setup failed: as it was before.
void Manager::Abandon(const std::string& container_id, const Endpoints& fresh,
                      const Endpoints& last) {
  auto warn = [&](const char* what, const Status& status) {
    if (!status.ok()) {
      log::Warn(what, {{"container", container_id}, {"error", status.error().message()}});
    }
  };
  warn("cannot remove a network namespace", NetnsFile::Remove(NetnsPath(container_id)));
  for (const auto& [network, endpoint] : fresh) {
    ReleaseAddresses(endpoint);
    ReleasePorts(endpoint.ports);
  }
  auto current = endpoints_.find(container_id);
  if (current == endpoints_.end()) return;
  if (last.empty()) {
    endpoints_.erase(current);
  } else {
    current->second = last;
  }
  warn("cannot forget an endpoint", Persist(last, fresh, state::Durability::kProcess));
  warn("cannot correct the packet filter", ApplyFirewall());
}

Status Manager::Teardown(const std::string& container_id) {
  std::lock_guard lock(mutex_);
  return TeardownLocked(container_id);
}

// Goes on after a failure; the first one is reported.
Status Manager::TeardownLocked(const std::string& container_id) {
  if (sandboxes_.erase(container_id) == 0) return Ok();
  Status first;
  auto note = [&](Status status) {
    if (first.ok() && !status.ok()) first = std::move(status);
  };
  Endpoints& endpoints = endpoints_[container_id];
  Endpoints before = endpoints;
  for (auto& [network, endpoint] : endpoints) {
    if (endpoint.active) ReleaseAddresses(endpoint);
    ReleasePorts(endpoint.ports);
    endpoint.active = false;
  }
  note(Persist(endpoints, {}, state::Durability::kProcess));
  failpoint::Hit("teardown.row");
  note(ApplyFirewall());
  failpoint::Hit("teardown.firewall");
  for (const auto& [network, endpoint] : before) {
    if (!endpoint.active || endpoint.host_interface.empty()) continue;
    // Somebody may keep the namespace open: its address is free for others from now on.
    (void)netlink_.DisableBridgePort(endpoint.host_interface);
    reaper_.Add(endpoint.host_interface);
  }
  note(NetnsFile::Remove(NetnsPath(container_id)));
  WriteDnsTables(before);
  for (const auto& [network, endpoint] : before) {
    if (endpoint.active) Emit("disconnect", NetworkOf(endpoint), container_id);
  }
  if (endpoints.empty()) endpoints_.erase(container_id);
  return first;
}

Status Manager::Forget(const std::string& container_id) {
  std::lock_guard lock(mutex_);
  BUOY_TRY(TeardownLocked(container_id));
  auto found = endpoints_.find(container_id);
  if (found == endpoints_.end()) return Ok();
  BUOY_TRY(Persist({}, found->second, state::Durability::kProcess));
  endpoints_.erase(found);
  return Ok();
}

Result<Sandbox> Manager::Restore(const SandboxRequest& request) {
  std::lock_guard lock(mutex_);
  const std::string& id = request.container_id;
  auto found = endpoints_.find(id);
  const Endpoints endpoints = found == endpoints_.end() ? Endpoints() : found->second;
  const bool joined = endpoints.empty() && !PathExists(NetnsPath(id));
  if (!sandboxes_.contains(id) || joined) return NotFound("no network sandbox of container " + id);
  Sandbox sandbox = View(request, endpoints, {});
  BUOY_ASSIGN(sandbox.files, MakeFiles(request, endpoints, sandbox));
  return sandbox;
}

Status Manager::Rename(const std::string& container_id, const std::string& name) {
  std::lock_guard lock(mutex_);
  auto found = endpoints_.find(container_id);
  if (found == endpoints_.end()) return Ok();
  for (auto& [network, endpoint] : found->second) {
    endpoint.container_name = name;
    if (!HasNames(NetworkOf(endpoint))) continue;
    endpoint.settings.dns_names =
        EndpointNames(name, endpoint.settings.aliases, container_id, endpoint.hostname);
  }
  BUOY_TRY(Persist(found->second, {}));
  WriteDnsTables(found->second);
  return Ok();
}

}  // namespace buoy::network
