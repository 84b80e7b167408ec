#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/server/backend/container_backend.h"
#include "api/server/backend/image_backend.h"
#include "api/server/backend/system_backend.h"
#include "common/types/volume.h"
#include "daemon/config/settings.h"
#include "daemon/events/event_log.h"
#include "daemon/oci/runtime.h"
#include "daemon/oci/spec.h"
#include "daemon/storage/storage_driver.h"
#include "daemon/system/host_info.h"

namespace buoy::system {

// What the daemon runs with at the moment; a reload replaces it whole.
struct Running {
  std::shared_ptr<const config::Settings> settings;
  // What the file and the flags say since the last reload: keys that wait for a restart differ.
  std::shared_ptr<const config::Settings> loaded;
  std::shared_ptr<const oci::Runtimes> runtimes;
  oci::HostSettings host;
};

struct ContainerCounts {
  int total = 0, running = 0, paused = 0, stopped = 0;
};

// Of /system/df: the images and the bytes of all their layers, each counted once.
struct ImageUsage {
  std::vector<types::ImageSummary> images;
  int64_t layers_size = 0;
};

// What the service asks; everything outlives it.
struct Areas {
  api::ContainerBackend& containers;
  api::ImageBackend& images;
  storage::StorageDriver& storage;
  events::EventLog& events;
  std::function<ContainerCounts()> count_containers;
  std::function<Result<ImageUsage>()> image_usage;
  std::function<Result<std::string>(bool repair)> check;  // of the store: the report as JSON
  std::function<Result<std::vector<types::Volume>>()> volumes_with_usage;
  std::function<std::vector<std::string>()> volume_drivers;
  std::function<Running()> running;
  // POST /config/reload: the verdicts as JSON.
  std::function<Result<std::string>(bool dry_run)> reload;
  std::function<std::string()> swarm_status;  // "inactive", "active/manager", ...
  std::string engine_id;
  std::string config_file;
};

// /info, /version, /events, /system/df, /config.
class SystemService : public api::SystemBackend {
 public:
  explicit SystemService(Areas areas) : areas_(std::move(areas)), host_(ReadHostInfo()) {}

  Result<types::SystemInfo> Info() override;
  Result<types::SystemVersion> Version() override;
  Result<types::DiskUsage> DiskUsage(const api::DiskUsageOptions& options) override;
  Status Events(const api::EventsOptions& options, api::Handover& client) override;
  std::string SwarmStatus() override { return areas_.swarm_status(); }
  Result<std::string> Config() override;
  Result<std::string> ReloadConfig(bool dry_run) override { return areas_.reload(dry_run); }
  Result<std::string> CheckStore(bool repair) override { return areas_.check(repair); }
  bool Debugging() override { return areas_.running().settings->Bool("debug"); }
  std::string DebugText(const std::string& name) override;

 private:
  Areas areas_;
  const HostInfo host_;
};

// RegistryConfig of /info for these registries and mirrors. Pure.
types::RegistryConfig DescribeRegistries(const config::List& insecure, const config::List& mirrors);

}  // namespace buoy::system
