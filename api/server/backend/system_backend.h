#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "api/server/handover.h"
#include "common/result/result.h"
#include "common/types/event.h"
#include "common/types/system.h"

// What the API asks of the daemon itself. Thread-safe.
namespace buoy::api {

struct EventsOptions {
  int64_t since_ns = 0;  // 0 = from now
  int64_t until_ns = 0;  // 0 = for ever
  Filters filters;
};

struct DiskUsageOptions {
  bool images = true, containers = true, volumes = true, build_cache = true;
};

struct BuildPruneOptions {
  bool all = false;
  int64_t reserved_space = 0, max_used_space = 0, min_free_space = 0;  // bytes; 0 = no limit
  Filters filters;
};

struct BuildPruneReport {
  std::vector<std::string> caches_deleted;
  uint64_t space_reclaimed = 0;
};

class SystemBackend {
 public:
  virtual ~SystemBackend() = default;

  virtual Result<types::SystemInfo> Info() = 0;
  virtual Result<types::SystemVersion> Version() = 0;
  virtual Result<types::DiskUsage> DiskUsage(const DiskUsageOptions& options) = 0;
  // JSON lines until `until` or until the client has gone.
  virtual Status Events(const EventsOptions& options, Handover& client) = 0;
  // The builder's cache; a daemon without one has nothing to delete.
  virtual Result<BuildPruneReport> PruneBuild(const BuildPruneOptions& /*options*/) {
    return BuildPruneReport{};
  }
  // "inactive", "active/manager", ... for the Swarm header of _ping.
  virtual std::string SwarmStatus() = 0;

  // GET /config: every key's effective value and where it comes from, as JSON.
  virtual Result<std::string> Config() = 0;
  // POST /config/reload: the verdicts as JSON.
  virtual Result<std::string> ReloadConfig(bool dry_run) = 0;
  // GET and POST /system/check: what is damaged in the store, and what was repaired, as JSON.
  virtual Result<std::string> CheckStore(bool repair) = 0;

  // Whether /debug is served, and what it shows under a name ("vars", "threads" ...); "" = nothing.
  virtual bool Debugging() { return false; }
  virtual std::string DebugText(const std::string& /*name*/) { return ""; }
};

}  // namespace buoy::api
