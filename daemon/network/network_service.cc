#include "daemon/network/network_service.h"

#include "common/unix/cleanup.h"
#include "daemon/logging/log.h"
#include "daemon/network/network_filters.h"

namespace buoy::network {

Result<std::vector<types::NetworkResource>> NetworkService::List(const api::Filters& filters) {
  BUOY_ASSIGN(auto networks, FilterNetworks(manager_.List(), filters));
  // Only `inspect` tells who is attached.
  for (auto& network : networks) network.containers = json::Map<types::NetworkContainer>::Empty();
  return networks;
}

Result<types::NetworkResource> NetworkService::Inspect(const std::string& ref, bool,
                                                       const std::string& scope) {
  BUOY_ASSIGN(types::NetworkResource network, manager_.Inspect(ref));
  if (!scope.empty() && scope != network.scope) return NotFound("network " + ref + " not found");
  return network;
}

Result<types::NetworkCreateResponse> NetworkService::Create(
    const types::NetworkCreateRequest& request) {
  return manager_.Create(request);
}

Status NetworkService::Remove(const std::string& ref) { return manager_.Remove(ref); }

Status NetworkService::Connect(const std::string& ref,
                               const types::NetworkConnectRequest& request) {
  return containers_.ConnectNetwork(request.container, ref,
                                    request.endpoint_config.value_or(types::EndpointSettings{}));
}

Status NetworkService::Disconnect(const std::string& ref,
                                  const types::NetworkDisconnectRequest& request) {
  return containers_.DisconnectNetwork(request.container, ref, request.force);
}

Result<types::NetworksPruneReport> NetworkService::Prune(const api::Filters& filters) {
  if (pruning_.exchange(true)) return Conflict("a prune operation is already running");
  Cleanup done([this] { pruning_ = false; });
  BUOY_ASSIGN(auto filter, NetworkPruneFilter::Parse(filters, gotime::Now()));
  types::NetworksPruneReport report;
  for (const types::NetworkResource& network : manager_.List()) {
    if (!filter.Matches(network)) continue;
    Status removed = manager_.Remove(network.id);
    if (removed.ok()) {
      report.networks_deleted.push_back(network.name);
    } else {
      log::Warn("could not remove local network " + network.name,
                {{"error", removed.error().message()}});
    }
  }
  if (events_ != nullptr) {
    types::Event event;
    event.type = "network";
    event.action = "prune";
    event.actor.attributes["reclaimed"] = "0";
    events_->Publish(std::move(event));
  }
  return report;
}

}  // namespace buoy::network
