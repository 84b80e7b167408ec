#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"

namespace buoy::types {

struct VolumeUsageData {
  int64_t ref_count = -1;
  int64_t size = -1;
};

struct Volume {
  std::string created_at;
  std::string driver;
  json::Map<std::string> labels;
  std::string mountpoint;
  std::string name;
  json::Map<std::string> options;
  std::string scope;
  json::Raw status;  // an object, or empty
  std::optional<VolumeUsageData> usage_data;
};

struct VolumeCreateRequest {
  std::string name;
  std::string driver;
  json::Map<std::string> driver_opts;
  json::Map<std::string> labels;
};

struct VolumeList {
  std::vector<Volume> volumes;
  json::List<std::string> warnings;
};

struct VolumesPruneReport {
  json::List<std::string> volumes_deleted;
  uint64_t space_reclaimed = 0;
};

}  // namespace buoy::types
