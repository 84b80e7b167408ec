#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/json/list.h"

namespace buoy::types {

struct OciDescriptor {
  std::string media_type;
  std::string digest;
  int64_t size = 0;
};

struct OciPlatform {
  std::string architecture, os, os_version;
  std::vector<std::string> os_features;
  std::string variant;
};

// GET /distribution/{name}/json.
struct DistributionInspect {
  OciDescriptor descriptor;
  json::List<OciPlatform> platforms;
};

}  // namespace buoy::types
