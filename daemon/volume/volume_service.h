#pragma once

#include <memory>
#include <string>

#include "api/server/backend/volume_backend.h"
#include "daemon/volume/volume_store.h"

namespace buoy::volume {

// Volumes as the API sees them. `store` must outlive it.
class VolumeService : public api::VolumeBackend {
 public:
  explicit VolumeService(VolumeStore& store) : store_(store) {}

  Result<types::VolumeList> List(const api::Filters& filters) override;
  Result<types::Volume> Inspect(const std::string& name) override;
  Result<types::Volume> Create(const types::VolumeCreateRequest& request) override;
  Status Remove(const std::string& name, bool force) override;
  Result<types::VolumesPruneReport> Prune(const api::Filters& filters) override;

  // For /system/df: with UsageData.
  Result<std::vector<types::Volume>> ListWithUsage();

 private:
  VolumeStore& store_;
};

}  // namespace buoy::volume
