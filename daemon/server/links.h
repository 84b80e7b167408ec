#pragma once

#include <memory>
#include <string>

#include "daemon/container/container_service.h"
#include "daemon/image/commit_source.h"
#include "daemon/network/network_service.h"

namespace buoy::server {

// What `docker commit` asks of containers, without daemon/image knowing daemon/container.
class CommitLink : public image::CommitSource {
 public:
  explicit CommitLink(container::ContainerService& containers) : containers_(containers) {}

  Result<image::CommitContainer> Find(const std::string& ref) override;
  Result<std::shared_ptr<void>> Freeze(const std::string& id) override;
  void Complete(types::ContainerConfig& user, const types::ContainerConfig& container) override;
  void Committed(const std::string& id, const std::string& image_id, const std::string& reference,
                 const std::string& comment) override;

 private:
  container::ContainerService& containers_;
};

// What `docker network connect` and `disconnect` ask of containers.
class NetworkLink : public network::ContainerNetworks {
 public:
  explicit NetworkLink(container::ContainerService& containers) : containers_(containers) {}

  Status ConnectNetwork(const std::string& container, const std::string& network,
                        const types::EndpointSettings& wish) override {
    return containers_.ConnectNetwork(container, network, wish);
  }
  Status DisconnectNetwork(const std::string& container, const std::string& network,
                           bool force) override {
    return containers_.DisconnectNetwork(container, network, force);
  }

 private:
  container::ContainerService& containers_;
};

}  // namespace buoy::server
