#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "api/server/backend/network_backend.h"
#include "daemon/events/event_sink.h"
#include "daemon/network/network_manager.h"

namespace buoy::network {

// What networks ask of containers: daemon/server hands it in, since daemon/container is above this
// area. `ref` is a container's name, id or id prefix, `network` a network's.
class ContainerNetworks {
 public:
  virtual ~ContainerNetworks() = default;
  virtual Status ConnectNetwork(const std::string& ref, const std::string& network,
                                const types::EndpointSettings& wish) = 0;
  virtual Status DisconnectNetwork(const std::string& ref, const std::string& network,
                                   bool force) = 0;
};

// Networks as the API sees them. All that is handed in must outlive it; without `events` no
// prune is announced.
class NetworkService : public api::NetworkBackend {
 public:
  NetworkService(NetworkManager& manager, ContainerNetworks& containers,
                 events::EventSink* events = nullptr)
      : manager_(manager), containers_(containers), events_(events) {}

  Result<std::vector<types::NetworkResource>> List(const api::Filters& filters) override;
  Result<types::NetworkResource> Inspect(const std::string& ref, bool verbose,
                                         const std::string& scope) override;
  Result<types::NetworkCreateResponse> Create(const types::NetworkCreateRequest& request) override;
  Status Remove(const std::string& ref) override;
  Status Connect(const std::string& ref, const types::NetworkConnectRequest& request) override;
  Status Disconnect(const std::string& ref,
                    const types::NetworkDisconnectRequest& request) override;
  Result<types::NetworksPruneReport> Prune(const api::Filters& filters) override;

 private:
  NetworkManager& manager_;
  ContainerNetworks& containers_;
  events::EventSink* const events_;
  std::atomic<bool> pruning_ = false;
};

}  // namespace buoy::network
