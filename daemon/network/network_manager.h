#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/network.h"
#include "daemon/network/options.h"
#include "daemon/network/sandbox.h"

namespace buoy::state {
class Db;
}
namespace buoy::events {
class EventSink;
}

namespace buoy::network {

// Networks, endpoints, addresses, ports and the packet filter of this daemon, in the network
// namespace that the process is in. Thread-safe. Every change is in the database before it is in
// the kernel, and Start() makes the kernel equal to the database, so a crash in between is
// harmless.
class NetworkManager {
 public:
  // Reads the database; changes nothing in the kernel.
  // `events` (may be null) gets Docker's `network` events. Both outlive the manager.
  static Result<std::unique_ptr<NetworkManager>> Open(Options options, state::Db& db,
                                                      events::EventSink* events);
  virtual ~NetworkManager() = default;

  // Call once after Open(), with the ids of the containers whose init is still alive. Endpoints and
  // namespaces of all others are given up. Bridges and the packet filter are created or corrected,
  // and left alone where they are right already.
  virtual Status Start(const std::set<std::string>& running_containers) = 0;

  // After a reload: takes over what applies to containers started from now on (dns, dns-opts,
  // dns-search, host-gateway-ips); everything else stays.
  virtual void SetContainerDefaults(const Options& options) = 0;

  // --- for daemon/container ---------------------------------------------------------------------

  // Checks what Docker checks at `create`: the endpoint settings, not whether the networks exist.
  virtual Status Validate(const SandboxRequest& request) = 0;
  // Before start: namespace, interfaces, addresses, ports, files. Nothing stays after a failure,
  // whose text begins with Docker's "failed to set up container networking: ".
  // Addresses and random ports of the container's last run are taken again where they are free.
  // Not for network_mode container: (use the other container's Sandbox::key and its files).
  virtual Result<Sandbox> Setup(const SandboxRequest& request) = 0;
  // After the container has ended for good (not for a restart by its policy, which keeps the
  // namespace). Idempotent.
  virtual Status Teardown(const std::string& container_id) = 0;
  // NetworkSettings.Networks of a container that does not run: the wishes without the facts.
  virtual json::Map<types::EndpointSettings> StoppedSettings(
      const std::string& container_id, json::Map<types::EndpointSettings> networks) = 0;
  // The container was removed: also forgets its last addresses and ports. Idempotent.
  virtual Status Forget(const std::string& container_id) = 0;
  // Live restore: the Sandbox that Setup() returned, without sockets and from the database; the
  // kernel was already compared in Start(). NotFound when the container has none.
  virtual Result<Sandbox> Restore(const SandboxRequest& request) = 0;
  // The container was renamed.
  virtual Status Rename(const std::string& container_id, const std::string& name) = 0;

  // Attach a running container to one more network, or detach it; both return the new Sandbox
  // (`published` holds sockets only for ports that are newly bound). The caller stores `networks`,
  // rewrites the files and tells the shim. For a container that is not running the caller only
  // edits its stored `networks` (after Validate).
  virtual Result<Sandbox> Connect(const SandboxRequest& request, const std::string& network,
                                  const types::EndpointSettings& wish) = 0;
  virtual Result<Sandbox> Disconnect(const SandboxRequest& request, const std::string& network) = 0;

  // Writes the name table of every sandbox that shares a user-defined network with this container
  // to <exec-root>/containers/<id>/dns. Setup, Teardown, Connect and Disconnect do it themselves.
  virtual std::vector<DnsName> DnsNames(const std::string& container_id) = 0;

  // --- for the API (daemon/network/network_service.h) -------------------------------------------

  // `name_or_id`: name, then id, then unique id prefix. NotFound: "network x not found".
  virtual Result<types::NetworkResource> Inspect(const std::string& name_or_id) = 0;
  virtual std::vector<types::NetworkResource> List() = 0;
  virtual Result<types::NetworkCreateResponse> Create(
      const types::NetworkCreateRequest& request) = 0;
  virtual Status Remove(const std::string& name_or_id) = 0;
};

}  // namespace buoy::network
