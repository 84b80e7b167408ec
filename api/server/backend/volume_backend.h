#pragma once

#include <string>

#include "api/server/backend/filters.h"
#include "common/result/result.h"
#include "common/types/volume.h"

// What the API asks of volumes. Thread-safe.
namespace buoy::api {

class VolumeBackend {
 public:
  virtual ~VolumeBackend() = default;

  virtual Result<types::VolumeList> List(const Filters& filters) = 0;
  virtual Result<types::Volume> Inspect(const std::string& name) = 0;
  virtual Result<types::Volume> Create(const types::VolumeCreateRequest& request) = 0;
  virtual Status Remove(const std::string& name, bool force) = 0;
  virtual Result<types::VolumesPruneReport> Prune(const Filters& filters) = 0;
};

}  // namespace buoy::api
