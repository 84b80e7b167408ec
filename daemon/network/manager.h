#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/unix/cleanup.h"
#include "daemon/network/container_link.h"
#include "daemon/network/firewall.h"
#include "daemon/network/netlink.h"
#include "daemon/network/network.h"
#include "daemon/network/network_manager.h"
#include "daemon/network/network_plan.h"
#include "daemon/network/network_store.h"
#include "daemon/network/port_allocator.h"
#include "daemon/network/records.h"
#include "daemon/network/veth_reaper.h"

namespace buoy::network {

// The NetworkManager. manager.cc: open, start and what all share; manager_sandbox.cc: containers;
// manager_live.cc: connect and disconnect; manager_networks.cc: the networks themselves.
class Manager final : public NetworkManager {
 public:
  Manager(Options options, state::Db& db, events::EventSink* events, Netlink netlink)
      : options_(std::move(options)), store_(db), events_(events), netlink_(std::move(netlink)) {}

  Status Load();
  Status Start(const std::set<std::string>& running_containers) override;

  Status Validate(const SandboxRequest& request) override;
  Result<Sandbox> Setup(const SandboxRequest& request) override;
  Status Teardown(const std::string& container_id) override;
  Status Forget(const std::string& container_id) override;
  Result<Sandbox> Restore(const SandboxRequest& request) override;
  Status Rename(const std::string& container_id, const std::string& name) override;
  json::Map<types::EndpointSettings> StoppedSettings(
      const std::string& container_id, json::Map<types::EndpointSettings> networks) override;
  Result<Sandbox> Connect(const SandboxRequest& request, const std::string& network,
                          const types::EndpointSettings& wish) override;
  Result<Sandbox> Disconnect(const SandboxRequest& request, const std::string& network) override;
  std::vector<DnsName> DnsNames(const std::string& container_id) override;

  Result<types::NetworkResource> Inspect(const std::string& name_or_id) override;
  std::vector<types::NetworkResource> List() override;
  Result<types::NetworkCreateResponse> Create(const types::NetworkCreateRequest& request) override;
  Status Remove(const std::string& name_or_id) override;

 private:
  using Endpoints = std::map<std::string, EndpointRecord>;  // by network id
  struct Attachment {
    Network* network;
    types::EndpointSettings wish;
  };

  // All of these want mutex_ held.
  // --- manager.cc
  Status EnsurePredefined(bool containers_run);
  Status EnsureDefaultBridge(bool containers_run);
  Status StoreNetwork(types::NetworkResource resource);
  PlanContext NewPlanContext(const std::string& except_network);
  Status Adopt(const std::set<std::string>& running);
  Status GiveUp(EndpointRecord& endpoint);
  void SweepNamespaces();
  void SweepInterfaces();
  WantedRules Wanted() const;
  Status ApplyFirewall();
  Result<Network*> Find(const std::string& name_or_id);
  Network& NetworkOf(const EndpointRecord& endpoint) { return networks_.at(endpoint.network_id); }
  std::string NetnsPath(const std::string& container_id) const;
  void Emit(const std::string& action, const Network& network, const std::string& container);

  // --- manager_sandbox.cc
  Result<std::vector<Attachment>> Resolve(const SandboxRequest& request);
  Result<EndpointRecord> Allocate(const SandboxRequest& request, Attachment& attachment,
                                  const std::string& interface);
  Status AllocateAddresses(EndpointRecord& endpoint, const EndpointRecord* last);
  void ReleaseAddresses(const EndpointRecord& endpoint);
  std::set<net::IpAddress> Avoided(const std::string& network_id,
                                   const std::string& container_id) const;
  const EndpointRecord* GatewayEndpoint(const Endpoints& endpoints, bool ipv6) const;
  void SetGatewayFacts(EndpointRecord& endpoint);
  Result<std::vector<BoundPort>> BindPorts(const SandboxRequest& request, Endpoints& endpoints);
  Result<std::vector<BoundPort>> BindGroups(const std::vector<PortGroup>& groups,
                                            const json::List<PortRecord>& last);
  void ReleasePorts(const json::List<PortRecord>& ports);
  Result<ContainerLink> LinkOf(const EndpointRecord& endpoint);
  Gateways GatewaysOf(const Endpoints& endpoints) const;
  Status BuildNamespace(const std::string& container_id, const Endpoints& endpoints);
  Status Persist(const Endpoints& endpoints);
  Status TeardownLocked(const std::string& container_id);
  Sandbox View(const SandboxRequest& request, const Endpoints& endpoints,
               std::vector<BoundPort> bound);
  Result<SandboxFiles> MakeFiles(const SandboxRequest& request, const Endpoints& endpoints,
                                 Sandbox& sandbox);
  Result<Sandbox> SetupLocked(const SandboxRequest& request);
  std::vector<std::string> HostGateways() const;
  void WriteDnsTables(const Endpoints& endpoints);

  // --- manager_live.cc
  Result<std::vector<BoundPort>> MovePorts(const SandboxRequest& request, Endpoints& endpoints);
  Status CheckJoin(const Endpoints& endpoints, const Network& network, const std::string& name);
  std::string FreeInterface(const Endpoints& endpoints, const Network& network) const;

  // --- manager_networks.cc
  types::NetworkResource Describe(const Network& network) const;

  const Options options_;
  NetworkStore store_;
  events::EventSink* const events_;
  std::mutex mutex_;
  Netlink netlink_;
  std::optional<Firewall> firewall_;  // none with iptables and ip6tables off
  PortAllocator ports_;
  std::map<std::string, Network> networks_;     // by id
  std::vector<std::string> order_;              // their ids, oldest first
  std::map<std::string, Endpoints> endpoints_;  // by container id; active and remembered ones
  std::map<std::string, int> bridges_;          // interface index by network id
  VethReaper reaper_;
};

}  // namespace buoy::network
