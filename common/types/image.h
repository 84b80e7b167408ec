#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/types/container.h"

namespace buoy::types {

struct ImageRootFs {
  std::string type = "layers";
  json::List<std::string> layers;  // diff ids
};
struct ImageMetadata {
  std::string last_tag_time;  // "0001-01-01T00:00:00Z" = never
};

struct ImageInspect {
  std::string id;
  std::vector<std::string> repo_tags;
  std::vector<std::string> repo_digests;
  std::string parent;
  std::string comment;
  std::string created;
  std::string docker_version;
  std::string author;
  ContainerConfig config;
  std::string architecture;
  std::string variant;
  std::string os;
  std::string os_version;
  int64_t size = 0;
  GraphDriverData graph_driver;
  ImageRootFs root_fs;
  ImageMetadata metadata;
};

struct ImageSummary {
  int64_t containers = -1;
  int64_t created = 0;  // seconds
  std::string id;
  json::Map<std::string> labels;
  std::string parent_id;
  std::vector<std::string> repo_digests;
  std::vector<std::string> repo_tags;
  int64_t shared_size = -1;
  int64_t size = 0;
};

struct ImageHistoryItem {
  std::string id;  // "<missing>" for layers without an image of their own
  int64_t created = 0;
  std::string created_by;
  json::List<std::string> tags;
  int64_t size = 0;
  std::string comment;
};

// One of the two is set.
struct ImageDeleteItem {
  std::string untagged;
  std::string deleted;
};

struct ImagesPruneReport {
  json::List<ImageDeleteItem> images_deleted;
  uint64_t space_reclaimed = 0;
};

struct ImageSearchResult {
  std::string name;
  std::string description;
  int star_count = 0;
  bool is_official = false;
  bool is_automated = false;
};

struct IdResponse {
  std::string id;
};

}  // namespace buoy::types
