// What other areas ask of containers.
#include <set>

#include "common/unix/file.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/container_service.h"

namespace buoy::container {
namespace {

// Networks of one container changed while it runs.
Status Apply(Engine& engine, const ContainerPtr& container, network::Sandbox& sandbox) {
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    container->data.network.networks = sandbox.networks;
    container->data.network.networks.is_null = false;
    container->data.network.ports = sandbox.ports;
    container->data.network.ports.is_null = false;
    data = container->data;
  }
  BUOY_TRY(engine.store.Save(data));
  const std::string root = engine.Root(data.id);
  BUOY_TRY(WriteExistingFile(root + "/hosts", sandbox.files.hosts));
  BUOY_TRY(WriteExistingFile(root + "/resolv.conf", sandbox.files.resolv_conf));
  std::vector<int> held;
  for (const auto& port : sandbox.published) {
    if (port.socket.valid()) held.push_back(port.socket.get());
  }
  auto client = container->ShimOrNull();
  if (client == nullptr) return Ok();
  BUOY_TRY(ServeDns(*client, sandbox));
  if (held.empty()) return Ok();
  return client->HoldFds(kJoinedPorts, held);
}

}  // namespace

ContainerService::Counts ContainerService::Count() const {
  Counts counts;
  for (const auto& container : engine_.registry.All()) {
    ++counts.total;
    switch (container->state()) {
      case State::kPaused:
        ++counts.paused;
        break;
      case State::kRunning:
      case State::kRestarting:
        ++counts.running;
        break;
      default:
        ++counts.stopped;
    }
  }
  return counts;
}

Result<ContainerData> ContainerService::Data(const std::string& ref) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  return container->Snapshot();
}

void ContainerService::Publish(const std::string& id, const std::string& action,
                               Attributes attributes) {
  auto container = engine_.Find(id);
  if (container.ok()) engine_.Publish((*container)->Snapshot(), action, std::move(attributes));
}

Status ContainerService::ConnectNetwork(const std::string& ref, const std::string& network,
                                        const types::EndpointSettings& wish) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  std::lock_guard operation(container->operation);
  ContainerData data = container->Snapshot();
  if (data.state == State::kRemoving || data.state == State::kDead) {
    return Conflict(
        "container is marked for removal and cannot be connected or disconnected to "
        "the network");
  }
  if (data.state == State::kRunning || data.state == State::kPaused) {
    BUOY_ASSIGN(network::Sandbox sandbox,
                engine_.areas.network.Connect(engine_.NetworkRequest(data), network, wish));
    return Apply(engine_, container, sandbox);
  }
  BUOY_ASSIGN(types::NetworkResource resource, engine_.areas.network.Inspect(network));
  data.network.networks[resource.name] = wish;
  data.network.networks[resource.name].network_id = resource.id;
  BUOY_TRY(engine_.areas.network.Validate(engine_.NetworkRequest(data)));
  {
    std::lock_guard lock(container->mutex);
    container->data.network.networks = data.network.networks;
  }
  return engine_.store.Save(data);
}

Status ContainerService::DisconnectNetwork(const std::string& ref, const std::string& network,
                                           bool force) {
  auto found = engine_.Find(ref);
  // With force a container that is gone has nothing to be disconnected any more.
  if (!found.ok()) return force ? Ok() : Status(std::move(found).error());
  ContainerPtr container = *std::move(found);
  std::lock_guard operation(container->operation);
  ContainerData data = container->Snapshot();
  if (data.state == State::kRunning || data.state == State::kPaused) {
    BUOY_ASSIGN(network::Sandbox sandbox,
                engine_.areas.network.Disconnect(engine_.NetworkRequest(data), network));
    return Apply(engine_, container, sandbox);
  }
  BUOY_ASSIGN(types::NetworkResource resource, engine_.areas.network.Inspect(network));
  if (data.network.networks.erase(resource.name) == 0 &&
      data.network.networks.erase(resource.id) == 0) {
    return Internal("container " + data.id + " is not connected to the network " + resource.name);
  }
  {
    std::lock_guard lock(container->mutex);
    container->data.network.networks = data.network.networks;
  }
  return engine_.store.Save(data);
}

std::vector<ImageUsage::User> ContainerService::ContainersOfImage(const std::string& image_id) {
  std::vector<ImageUsage::User> users;
  for (const auto& container : engine_.registry.All()) {
    ContainerData data = container->Snapshot();
    bool uses = data.image_id == image_id;
    for (const auto& mount : data.mounts) {
      uses = uses || (mount.type == "image" && mount.name == image_id);
    }
    if (uses) users.push_back({data.id, IsRunning(data.state)});
  }
  return users;
}

std::vector<std::string> ContainerService::AllContainers() {
  std::vector<std::string> ids;
  for (const auto& container : engine_.registry.All()) ids.push_back(container->Snapshot().id);
  return ids;
}

std::vector<std::string> ContainerService::ContainersUsing(const std::string& volume) {
  std::vector<std::string> users;
  for (const auto& container : engine_.registry.All()) {
    ContainerData data = container->Snapshot();
    for (const auto& mount : data.mounts) {
      if (mount.type != "volume" || mount.name != volume) continue;
      users.push_back(data.id);
      break;
    }
  }
  return users;
}

}  // namespace buoy::container
