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
#include "daemon/network/firewall_watch.h"
#include "daemon/network/hosts_file.h"
#include "daemon/network/netlink.h"
#include "daemon/network/network.h"
#include "daemon/network/network_manager.h"
#include "daemon/network/network_plan.h"
#include "daemon/network/network_store.h"
#include "daemon/network/port_allocator.h"
#include "daemon/network/ports.h"
#include "daemon/network/records.h"
#include "daemon/network/veth_reaper.h"
#include "daemon/state/relaxed.h"

namespace buoy::network {

// The NetworkManager. manager.cc: open, start and what all share; manager_sandbox.cc: setup and
// teardown of containers; manager_ports.cc: what they publish; manager_view.cc: what they are told
// and see; manager_live.cc: connect and disconnect; manager_networks.cc: the networks themselves.
class Manager final : public NetworkManager {
 public:
  Manager(Options options, state::Db& db, events::EventSink* events, Netlink netlink)
      : options_(std::move(options)), store_(db), events_(events), netlink_(std::move(netlink)) {}

  Status Load();
  Status Start(const std::set<std::string>& running_containers) override;
  void SetContainerDefaults(const Options& options) override;

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
  // A published port; without a socket when the shim holds it already.
  struct Publication {
    PortRecord record;
    Fd socket;
  };

  // All of these want mutex_ held.
  // --- manager.cc
  Status EnsurePredefined(bool containers_run);
  Status EnsureDefaultBridge(bool containers_run);
  Status StoreNetwork(types::NetworkResource resource);
  PlanContext NewPlanContext(const std::string& except_network);
  Status Adopt(const std::set<std::string>& running);
  void AdoptAddresses(const EndpointRecord& endpoint);
  Status GiveUp(EndpointRecord& endpoint);
  void SweepNamespaces() const;
  void SweepInterfaces();
  WantedRules Wanted() const;
  Status ApplyFirewall();
  void MendFirewall();
  Result<Network*> Find(const std::string& name_or_id);
  Network& NetworkOf(const EndpointRecord& endpoint) { return networks_.at(endpoint.network_id); }
  const Network& NetworkOf(const EndpointRecord& endpoint) const {
    return networks_.at(endpoint.network_id);
  }
  std::string NetnsPath(const std::string& container_id) const;
  void Emit(const std::string& action, const Network& network, const std::string& container);

  // --- manager_sandbox.cc
  Result<std::vector<Attachment>> Resolve(const SandboxRequest& request);
  Status CheckTogether(const std::vector<const Network*>& networks) const;
  Result<EndpointRecord> Allocate(const SandboxRequest& request, const Attachment& attachment,
                                  const std::string& interface);
  void ChooseMac(const SandboxRequest& request, const EndpointRecord* last,
                 EndpointRecord& endpoint);
  Status AllocateAddresses(EndpointRecord& endpoint, const EndpointRecord* last);
  void ReleaseAddresses(const EndpointRecord& endpoint);
  std::set<net::IpAddress> Avoided(const std::string& network_id,
                                   const std::string& container_id) const;
  std::string FreeInterface(const Endpoints& endpoints, const Network& network,
                            const types::EndpointSettings& wish) const;
  Result<ContainerLink> LinkOf(const EndpointRecord& endpoint);
  Gateways GatewaysOf(const Endpoints& endpoints) const;
  Status BuildNamespace(const std::string& container_id, const Endpoints& endpoints);
  Status Persist(const Endpoints& endpoints, const Endpoints& replaced,
                 state::Durability durability = state::Durability::kPowerLoss);
  Result<Sandbox> SetupLocked(const SandboxRequest& request);
  void Abandon(const std::string& container_id, const Endpoints& fresh, const Endpoints& last);
  Status TeardownLocked(const std::string& container_id);

  // --- manager_ports.cc
  const EndpointRecord* GatewayEndpoint(const Endpoints& endpoints, bool ipv6) const;
  bool NeedsProxy(const net::IpAddress& host, const net::IpAddress& container) const;
  // Publishes what the container wishes through its gateway endpoints and writes it into
  // `endpoints`. `held` ports are bound already and only change their target; what is no longer
  // wished of them stays recorded without a target, because the shim still holds its socket.
  // `remembered` ports are tried first where the user named none.
  Result<std::vector<Publication>> PublishPorts(const SandboxRequest& request, Endpoints& endpoints,
                                                json::List<PortRecord> held,
                                                json::List<PortRecord> remembered);
  Result<std::vector<Publication>> BindGroup(const PortGroup& group, json::List<PortRecord>& held,
                                             json::List<PortRecord>& remembered);
  void ReleasePorts(const json::List<PortRecord>& ports);
  Status Admit(const std::vector<Publication>& ports);

  // --- manager_view.cc
  Sandbox View(const SandboxRequest& request, const Endpoints& endpoints,
               std::vector<Publication> bound) const;
  Result<SandboxFiles> MakeFiles(const SandboxRequest& request, const Endpoints& endpoints,
                                 Sandbox& sandbox) const;
  std::string MakeResolvConf(const SandboxRequest& request, const Endpoints& endpoints,
                             Sandbox& sandbox) const;
  std::vector<HostsRecord> LinkRecords(const SandboxRequest& request) const;
  std::vector<std::string> HostGateways() const;
  std::vector<const EndpointRecord*> InOrder(const Endpoints& endpoints) const;
  bool UsesHostNamespace(const Endpoints& endpoints) const;
  bool HasNames(const Network& network) const;
  std::vector<DnsName> DnsNamesLocked(const std::string& container_id) const;
  void WriteDnsTables(const Endpoints& endpoints) const;
  // Sockets and files of the sandbox's DNS server, if it has one; the namespace is there.
  Status PrepareDns(const std::string& container_id, Sandbox& sandbox) const;

  // --- manager_live.cc
  Status CheckJoin(const SandboxRequest& request, const Endpoints& endpoints,
                   const Network& network);
  Result<Sandbox> ConnectLocked(const SandboxRequest& request, const std::string& network,
                                const types::EndpointSettings& wish);
  Status Rewire(const std::string& container_id, const Endpoints& endpoints,
                const EndpointRecord* joined);

  // --- manager_networks.cc
  types::NetworkResource Describe(const Network& network) const;

  Options options_;
  NetworkStore store_;
  events::EventSink* const events_;
  std::mutex mutex_;
  Netlink netlink_;
  std::optional<Firewall> firewall_;  // none with iptables and ip6tables off
  PortAllocator ports_;
  std::map<std::string, Network> networks_;     // by id
  std::vector<std::string> order_;              // their ids, oldest first
  std::map<std::string, Endpoints> endpoints_;  // by container id; active and remembered ones
  std::set<std::string> sandboxes_;             // ids of the containers that have one
  std::map<std::string, int> bridges_;          // interface index by network id
  VethReaper reaper_;
  std::unique_ptr<FirewallWatch> firewall_watch_;  // its thread uses all the others
};

}  // namespace buoy::network
