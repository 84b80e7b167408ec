// Running containers join and leave networks.
#include <algorithm>

#include "common/unix/netns.h"
#include "daemon/logging/log.h"
#include "daemon/network/endpoint_check.h"
#include "daemon/network/manager.h"

namespace buoy::network {

namespace {

json::List<PortRecord> AllPorts(const std::map<std::string, EndpointRecord>& endpoints) {
  json::List<PortRecord> ports;
  for (const auto& [id, endpoint] : endpoints) {
    ports.insert(ports.end(), endpoint.ports.begin(), endpoint.ports.end());
  }
  return ports;
}

}  // namespace

Status Manager::CheckJoin(const SandboxRequest& request, const Endpoints& endpoints,
                          const Network& network) {
  if (!sandboxes_.contains(request.container_id) ||
      request.host_config.network_mode.starts_with("container:")) {
    return InvalidArgument(
        "container sharing network namespace with another container or host cannot be connected "
        "to any other network");
  }
  if (network.resource().config_only) {
    return Forbidden("cannot create endpoint on configuration-only network");
  }
  if (network.is_host() && request.host_config.network_mode != "host") {
    return InvalidArgument(
        "cannot connect container to host network - container must be created in host network "
        "mode");
  }
  std::vector<const Network*> together = {&network};
  for (const EndpointRecord* endpoint : InOrder(endpoints)) {
    if (endpoint->network_id == network.id()) {
      return Forbidden("endpoint with name " + request.container_name +
                       " already exists in network " + network.name());
    }
    together.push_back(&NetworkOf(*endpoint));
  }
  return CheckTogether(together);
}

// Makes the namespace's interfaces and routes what `endpoints` say; `joined` (may be null) is new.
Status Manager::Rewire(const std::string& container_id, const Endpoints& endpoints,
                       const EndpointRecord* joined) {
  BUOY_ASSIGN(NetnsFile netns, NetnsFile::Open(NetnsPath(container_id)));
  std::vector<ContainerLink> links;
  if (joined != nullptr && !joined->host_interface.empty()) {
    BUOY_ASSIGN(ContainerLink link, LinkOf(*joined));
    BUOY_TRY(AttachLink(netlink_, netns.fd(), link));
    links.push_back(std::move(link));
  }
  return ConfigureNamespace(netns.fd(), links, GatewaysOf(endpoints));
}

Result<Sandbox> Manager::Connect(const SandboxRequest& request, const std::string& network,
                                 const types::EndpointSettings& wish) {
  std::lock_guard lock(mutex_);
  return ConnectLocked(request, network, wish);
}

Result<Sandbox> Manager::ConnectLocked(const SandboxRequest& request, const std::string& name,
                                       const types::EndpointSettings& wish) {
  const std::string& id = request.container_id;
  BUOY_ASSIGN(Network * network, Find(name));
  const Endpoints before = endpoints_[id];
  BUOY_TRY(CheckJoin(request, before, *network));
  BUOY_TRY(CheckEndpoint(wish, network->name(), network));
  BUOY_ASSIGN(EndpointRecord joined,
              Allocate(request, {network, wish}, FreeInterface(before, *network, wish)));
  std::vector<Publication> ports;
  Cleanup undo([&] {
    ReleaseAddresses(joined);
    for (const Publication& port : ports) {
      if (port.socket.valid()) ReleasePorts({{port.record}});
    }
  });
  Endpoints after = before;
  after.insert_or_assign(network->id(), joined);
  BUOY_ASSIGN(ports, PublishPorts(request, after, AllPorts(before), {}));
  Sandbox sandbox = View(request, after, {});
  BUOY_ASSIGN(sandbox.files, MakeFiles(request, after, sandbox));
  endpoints_[id] = after;
  undo.Add([&] {
    endpoints_[id] = before;
    if (!joined.host_interface.empty()) (void)netlink_.DeleteLink(joined.host_interface);
    for (Status status : {Persist(before, after), Rewire(id, before, nullptr), ApplyFirewall()}) {
      if (!status.ok()) log::Warn("cannot undo a connect", {{"error", status.error().message()}});
    }
  });
  BUOY_TRY(Persist(after, before));
  BUOY_TRY(Rewire(id, after, &joined));
  BUOY_TRY(PrepareDns(id, sandbox));
  BUOY_TRY(ApplyFirewall());
  undo.Release();
  sandbox.published = View(request, after, std::move(ports)).published;
  WriteDnsTables(after);
  Emit("connect", *network, id);
  return sandbox;
}

Result<Sandbox> Manager::Disconnect(const SandboxRequest& request, const std::string& name) {
  std::lock_guard lock(mutex_);
  const std::string& id = request.container_id;
  BUOY_ASSIGN(Network * network, Find(name));
  if (network->is_host() && request.host_config.network_mode == "host") {
    return InvalidArgument(
        "cannot disconnect container from host network - container was created in host network "
        "mode");
  }
  const Endpoints before = endpoints_[id];
  auto leaving = before.find(network->id());
  if (leaving == before.end() || !leaving->second.active) {
    return Internal("container " + id + " is not connected to network " + network->name());
  }
  Endpoints after = before;
  after.at(network->id()).active = false;
  BUOY_ASSIGN(std::vector<Publication> ports, PublishPorts(request, after, AllPorts(before), {}));
  Sandbox sandbox = View(request, after, {});
  BUOY_ASSIGN(sandbox.files, MakeFiles(request, after, sandbox));
  BUOY_TRY(Persist(after, before));
  endpoints_[id] = after;
  sandbox.published = View(request, after, std::move(ports)).published;
  BUOY_TRY(ApplyFirewall());
  if (!leaving->second.host_interface.empty()) {
    BUOY_TRY(netlink_.DeleteLink(leaving->second.host_interface));
    BUOY_TRY(Rewire(id, after, nullptr));
  }
  ReleaseAddresses(leaving->second);
  WriteDnsTables(before);
  Emit("disconnect", *network, id);
  return sandbox;
}

}  // namespace buoy::network
