#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/gotime/time.h"
#include "common/result/result.h"
#include "daemon/container/container.h"
#include "daemon/container/container_store.h"
#include "daemon/container/image_source.h"
#include "daemon/container/options.h"
#include "daemon/container/registry.h"
#include "daemon/container/serial_executor.h"
#include "daemon/container/watches.h"
#include "daemon/events/event_sink.h"
#include "daemon/network/network_manager.h"
#include "daemon/shim_client/shim_hub.h"
#include "daemon/storage/storage_driver.h"
#include "daemon/volume/mount_setup.h"
#include "daemon/volume/volume_store.h"

namespace buoy::container {

// The areas that containers stand on; all must outlive the ContainerService.
struct Dependencies {
  state::Db& db;
  shim::ShimHub& hub;
  storage::StorageDriver& storage;
  network::NetworkManager& network;
  ImageSource& images;
  volume::VolumeStore& volumes;
  events::EventSink& events;
};

using Attributes = std::map<std::string, std::string>;

// What every operation on containers shares: the areas below, the registry, paths, shims, events.
class Engine {
 public:
  Engine(Dependencies dependencies, Options options);

  Dependencies areas;
  ContainerStore store;
  Registry registry;
  // Shims' records, by container.
  SerialExecutor records{4};
  // Clean-ups and automatic removals, by container; they may take the operation lock.
  SerialExecutor background{4};
  // Of containers that run on without a shim. Ends before the executors, to which it posts.
  Watches watches;
  bool shutting_down = false;
  std::string boot_id;

  std::shared_ptr<const Options> options() const;
  void SetOptions(Options options);

  std::string Root(const std::string& id) const;    // <data-root>/containers/<id>
  std::string Bundle(const std::string& id) const;  // <exec-root>/containers/<id>
  std::string Socket(const std::string& id) const { return Bundle(id) + "/shim.sock"; }
  std::string LogPath(const ContainerData& data) const;  // "" = driver without file

  // By name, id or prefix, as fresh as its shim's clients may have seen it.
  Result<ContainerPtr> Find(const std::string& ref);
  // Waits until everything its shim has recorded is applied (at most five seconds).
  void Sync(Container& container);

  // The shim of this container, started when there is none. Not for unmanaged containers.
  Result<std::shared_ptr<shim::ShimClient>> EnsureShim(const ContainerPtr& container);
  // Takes a connection over: its records are applied from now on.
  void UseShim(const ContainerPtr& container, std::shared_ptr<shim::ShimClient> client);

  // `time_ns` 0 = now.
  void Publish(const ContainerData& data, const std::string& action, Attributes attributes = {},
               int64_t time_ns = 0);
  // Persists the state or everything; a failure is logged, since the deed is done already.
  void SaveState(const ContainerData& data,
                 state::Durability durability = state::Durability::kPowerLoss);
  void SaveAll(const ContainerData& data,
               state::Durability durability = state::Durability::kPowerLoss);

  volume::MountScope Mounts(const ContainerData& data) const;
  network::SandboxRequest NetworkRequest(const ContainerData& data) const;

 private:
  void OnDisconnect(const std::weak_ptr<Container>& weak, const shim::ShimClient* client);

  std::string data_root_, exec_root_;
  mutable std::mutex options_mutex_;
  std::shared_ptr<const Options> options_;
};

using gotime::NowNs;

// "container ID is not running", kConflict.
Error NotRunning(const std::string& id);

}  // namespace buoy::container
