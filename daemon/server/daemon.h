#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "api/http/tls.h"
#include "api/server/api_server.h"
#include "daemon/authorization/plugin_chain.h"
#include "daemon/config/command_line.h"
#include "daemon/config/paths.h"
#include "daemon/config/reload_plan.h"
#include "daemon/config/settings.h"
#include "daemon/container/container_service.h"
#include "daemon/container/stored_images.h"
#include "daemon/events/event_log.h"
#include "daemon/image/blob_store.h"
#include "daemon/image/image_service.h"
#include "daemon/image/image_store.h"
#include "daemon/metrics/metrics.h"
#include "daemon/metrics/metrics_server.h"
#include "daemon/network/network_manager.h"
#include "daemon/network/network_service.h"
#include "daemon/server/links.h"
#include "daemon/shim_client/shim_hub.h"
#include "daemon/state/db.h"
#include "daemon/storage/storage_driver.h"
#include "daemon/swarm/swarm_service.h"
#include "daemon/system/system_service.h"
#include "daemon/volume/volume_service.h"
#include "daemon/volume/volume_store.h"

namespace buoy::server {

// What buoyd decides with: owns the areas in the order in which they stand on each other, and wires
// them. The process around it (sockets, locks, signals) is the Service's.
//   Create() -> ... Reload() ... -> Shutdown()
class Daemon {
 public:
  struct Beginning {
    // It goes on for a daemon that was replaced in place: containers run on whatever the settings
    // say, and none is started by its restart policy.
    bool handed_over = false;
    // What the configuration file says, where that differs from what is in effect.
    std::shared_ptr<const config::Settings> loaded;
    // The certificates of the sockets, read anew at each reload; null without TLS.
    std::shared_ptr<api::TlsContext> tls;
  };
  // Opens the state, adopts what runs, carries the recovery out. Nothing is served yet. A failure
  // leaves running containers alone. The data root's lock is the caller's.
  static Result<std::unique_ptr<Daemon>> Create(config::CommandLine command_line,
                                                config::Settings settings, Beginning beginning);
  // Closes everything; containers are left alone.
  ~Daemon();

  // Goes on with the swarm that the node is a member of. Fails where Docker ends for it.
  Status StartSwarm();

  // What its API is served by; upgrades are not among it.
  api::Backends backends();

  // Reads the configuration again; the verdicts as JSON. Thread-safe. A failure changes nothing.
  Result<std::string> Reload(bool dry_run);

  // Stops the containers unless they are to live on; ends all streams of events.
  void Shutdown();
  // Waits until what was published is in the database.
  void Flush() { (void)events_->Flush(); }

  system::Running running() const;
  std::string_view storage_driver() const { return storage_->name(); }

 private:
  Daemon(config::CommandLine command_line, config::Settings settings);

  Status OpenState(bool handed_over);
  // Where the settings ask for what cannot change under the containers that run: as it was.
  Status KeepOptions(bool handed_over);
  Status OpenAreas();
  Status Recover(bool handed_over);
  void RefreshSysInfo();
  // --- reload.cc ---
  // What a reload puts in place at once.
  struct Reloaded {
    system::Running running;
    std::shared_ptr<const authorization::PluginChain::Links> authorization;  // null = as before
    std::shared_ptr<api::TlsContext> tls;                                    // likewise
    bool metrics_changed = false;
    std::unique_ptr<metrics::MetricsServer> metrics;
  };
  Result<Reloaded> PrepareReload(const system::Running& before, config::Settings loaded,
                                 config::ReloadPlan& plan);
  void CommitReload(Reloaded next);
  // --- observation.cc ---
  Status OpenObservation(bool handed_over);
  Result<std::unique_ptr<metrics::MetricsServer>> OpenMetrics(const config::Settings& settings);
  metrics::Facts MetricFacts() const;
  image::Context ImageContext();
  void CreateServices();
  // --- swarm.cc ---
  swarm::SwarmContext SwarmContext();
  std::vector<config::Refusal> ReloadRefusals() const;
  void PublishReload(const std::map<std::string, std::string>& attributes);

  const config::CommandLine command_line_;
  config::Paths paths_;
  std::mutex reload_mutex_;  // one reload at a time; before running_mutex_
  mutable std::mutex running_mutex_;
  system::Running running_;
  std::string engine_id_;
  std::shared_ptr<api::TlsContext> tls_;
  // Also of the request during which this daemon goes: an upgrade's.
  const std::shared_ptr<authorization::PluginChain> authorization_ =
      std::make_shared<authorization::PluginChain>();
  const std::shared_ptr<metrics::Metrics> metrics_ = std::make_shared<metrics::Metrics>();

  std::unique_ptr<state::Db> db_;
  std::unique_ptr<events::EventLog> events_;
  std::unique_ptr<storage::StorageDriver> storage_;
  std::unique_ptr<volume::VolumeStore> volumes_;
  std::unique_ptr<network::NetworkManager> network_;
  std::unique_ptr<image::BlobStore> blobs_;
  std::unique_ptr<image::ImageStore> image_store_;
  std::shared_timed_mutex image_contents_;
  std::unique_ptr<container::StoredImages> stored_images_;
  std::unique_ptr<shim::ShimHub> hub_;
  std::unique_ptr<container::ContainerService> containers_;

  std::unique_ptr<CommitLink> commit_link_;
  std::unique_ptr<NetworkLink> network_link_;
  std::unique_ptr<image::ImageService> image_service_;
  std::unique_ptr<volume::VolumeService> volume_service_;
  std::unique_ptr<network::NetworkService> network_service_;
  std::unique_ptr<swarm::SwarmService> swarm_;
  std::unique_ptr<system::SystemService> system_service_;
  std::unique_ptr<metrics::MetricsServer> metrics_server_;  // last: its threads use the above
};

}  // namespace buoy::server
