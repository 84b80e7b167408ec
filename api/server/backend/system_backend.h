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

class SystemBackend {
 public:
  virtual ~SystemBackend() = default;

  virtual Result<types::SystemInfo> Info() = 0;
  virtual Result<types::SystemVersion> Version() = 0;
  virtual Result<types::DiskUsage> DiskUsage(const DiskUsageOptions& options) = 0;
  // JSON lines until `until` or until the client has gone.
  virtual Status Events(const EventsOptions& options, Handover& client) = 0;
  // "inactive", "active/manager", ... for the Swarm header of _ping.
  virtual std::string SwarmStatus() = 0;

  // GET /config: every key's effective value and where it comes from, as JSON.
  virtual Result<std::string> Config() = 0;
  // POST /config/reload: the verdicts as JSON.
  virtual Result<std::string> ReloadConfig(bool dry_run) = 0;
};

}  // namespace buoy::api
