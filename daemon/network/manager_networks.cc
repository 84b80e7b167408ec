// The networks themselves: find, describe, create, remove.
#include <algorithm>

#include "daemon/network/bridge_device.h"
#include "daemon/network/manager.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::network {

namespace {

std::string WithLength(const std::string& address, int length) {
  return address.empty() ? "" : address + "/" + std::to_string(length);
}

}  // namespace

types::NetworkResource Manager::Describe(const Network& network) const {
  types::NetworkResource resource = network.resource();
  for (const auto& [container, endpoints] : endpoints_) {
    auto found = endpoints.find(network.id());
    if (found == endpoints.end() || !found->second.active) continue;
    const EndpointRecord& endpoint = found->second;
    const types::EndpointSettings& settings = endpoint.settings;
    resource.containers[container] = {
        endpoint.container_name, endpoint.id, settings.mac_address,
        WithLength(settings.ip_address, settings.ip_prefix_len),
        WithLength(settings.global_ipv6_address, settings.global_ipv6_prefix_len)};
  }
  return resource;
}

Result<types::NetworkResource> Manager::Inspect(const std::string& name_or_id) {
  std::lock_guard lock(mutex_);
  BUOY_ASSIGN(Network * network, Find(name_or_id));
  return Describe(*network);
}

std::vector<types::NetworkResource> Manager::List() {
  std::lock_guard lock(mutex_);
  std::vector<types::NetworkResource> list;
  for (const std::string& id : order_) list.push_back(Describe(networks_.at(id)));
  return list;
}

Result<types::NetworkCreateResponse> Manager::Create(const types::NetworkCreateRequest& request) {
  std::lock_guard lock(mutex_);
  types::NetworkCreateRequest complete = request;
  if (request.config_from && !request.config_from->network.empty()) {
    auto source = Find(request.config_from->network);
    if (!source.ok() || !(*source)->resource().config_only) {
      return NotFound("configuration network \"" + request.config_from->network +
                      "\" does not exist");
    }
    const types::NetworkResource& from = (*source)->resource();
    complete.ipam = from.ipam;
    complete.options = from.options;
    complete.enable_ipv4 = from.enable_ipv4;
    complete.enable_ipv6 = from.enable_ipv6;
    complete.internal = from.internal;
  }
  for (const auto& [id, network] : networks_) {
    if (network.name() == request.name && !network.predefined()) {
      return Conflict("network with name " + request.name + " already exists");
    }
  }
  BUOY_ASSIGN(types::NetworkResource resource, PlanNetwork(complete, NewPlanContext("")));
  if (request.config_from) resource.config_from = *request.config_from;
  BUOY_ASSIGN(Network planned, Network::FromResource(resource));
  for (const auto& [id, other] : networks_) {
    if (planned.is_bridge() && other.is_bridge() &&
        other.bridge().interface == planned.bridge().interface) {
      return Forbidden("cannot create network " + planned.id() + " (" + planned.bridge().interface +
                       "): conflicts with network " + id + " (" + other.bridge().interface +
                       "): networks have same bridge name");
    }
  }
  const std::string id = resource.id;
  failpoint::Hit("network_create.begin");
  BUOY_TRY(StoreNetwork(std::move(resource)));
  failpoint::Hit("network_create.row");
  Network& network = networks_.at(id);
  Status status = Ok();
  if (network.is_bridge()) {
    auto index = EnsureBridge(netlink_, network, options_.iptables);
    if (index.ok()) bridges_[id] = *index;
    status = index.ok() ? Ok() : Status(index.error());
    if (status.ok() && options_.ip_forward && network.resource().enable_ipv6) {
      auto forwarding = EnableForwarding(true);
      if (!forwarding.ok()) status = std::move(forwarding).error();
    }
    failpoint::Hit("network_create.bridge");
    if (status.ok()) status = ApplyFirewall();
  }
  failpoint::Hit("network_create.firewall");
  if (!status.ok()) {
    bridges_.erase(id);
    if (network.is_bridge()) (void)RemoveBridge(netlink_, network);
    (void)store_.DeleteNetwork(id);
    networks_.erase(id);
    std::erase(order_, id);
    return std::move(status).error();
  }
  Emit("create", network, "");
  return types::NetworkCreateResponse{id, ""};
}

Status Manager::Remove(const std::string& name_or_id) {
  std::lock_guard lock(mutex_);
  BUOY_ASSIGN(Network * network, Find(name_or_id));
  if (network->predefined()) {
    return Forbidden(network->name() + " is a pre-defined network and cannot be removed");
  }
  const std::string id = network->id();
  std::string active;
  for (const auto& [container, endpoints] : endpoints_) {
    auto found = endpoints.find(id);
    if (found == endpoints.end() || !found->second.active) continue;
    active += std::string(active.empty() ? "" : ", ") + "name:\"" + found->second.container_name +
              "\" id:\"" + found->second.id.substr(0, 12) + "\"";
  }
  if (!active.empty()) {
    return Forbidden("error while removing network: network " + network->name() +
                     " has active endpoints (" + active + ")");
  }
  const Network removed = *network;
  // The row goes last of what could be left behind: nobody would know the bridge without it.
  if (removed.is_bridge()) BUOY_TRY(RemoveBridge(netlink_, removed));
  failpoint::Hit("network_rm.bridge");
  if (auto deleted = store_.DeleteNetwork(id); !deleted.ok()) {
    if (auto index = EnsureBridge(netlink_, removed, options_.iptables); index.ok()) {
      bridges_[id] = *index;
    }
    return deleted;
  }
  failpoint::Hit("network_rm.row");
  for (auto& [container, endpoints] : endpoints_) endpoints.erase(id);
  networks_.erase(id);
  std::erase(order_, id);
  bridges_.erase(id);
  if (removed.is_bridge()) BUOY_TRY(ApplyFirewall());
  failpoint::Hit("network_rm.firewall");
  Emit("destroy", removed, "");
  return Ok();
}

}  // namespace buoy::network
