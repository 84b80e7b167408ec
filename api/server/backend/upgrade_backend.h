#pragma once

#include <chrono>
#include <string>

#include "common/result/result.h"

namespace buoy::api {

struct UpgradeOptions {
  std::string path;  // of the new daemon's program; "" = where the running one was started from
  std::chrono::seconds timeout{60};
};

struct UpgradeReport {
  int pid = 0;  // of the new daemon
  std::string version;
};

// Replaces the daemon in place. Outlives the daemon that it replaces.
class UpgradeBackend {
 public:
  virtual ~UpgradeBackend() = default;

  // Returns when the new daemon serves, or with the reason why it does not and the old one goes on.
  // kConflict while another upgrade is going on.
  virtual Result<UpgradeReport> Upgrade(const UpgradeOptions& options) = 0;
};

}  // namespace buoy::api
