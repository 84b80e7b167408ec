#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/gotime/time.h"
#include "common/result/result.h"
#include "common/types/container.h"

namespace buoy::image {

struct HistoryEntry {
  std::optional<gotime::Time> created;
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;
};

// The config of an image (its digest is the image's ID), as far as this engine looks into it.
struct ImageConfig {
  std::optional<gotime::Time> created;
  std::string author;
  std::string comment;
  std::string docker_version;
  std::string architecture;
  std::string variant;
  std::string os;
  std::string os_version;
  std::string container;  // of a committed image
  types::ContainerConfig config;
  bool has_config = false;
  std::string rootfs_type;
  std::vector<std::string> diff_ids;
  std::vector<HistoryEntry> history;

  // "linux" where the config is silent.
  std::string OperatingSystem() const { return os.empty() ? "linux" : os; }
  // The chain IDs of its layers, lowest first.
  std::vector<std::string> ChainIds() const;
};

// Parses and checks: rootfs present, diff IDs are digests, history fits. kInvalidArgument.
Result<ImageConfig> ParseImageConfig(std::string_view json);
// Docker's JSON of a new image's config, keys sorted.
std::string EncodeImageConfig(const ImageConfig& config);

// A platform os[/architecture[/variant]]; empty parts match anything.
struct Platform {
  std::string os, architecture, variant;
  std::string String() const;
};
// kInvalidArgument with containerd's texts. "" = the host's.
Result<Platform> ParsePlatform(std::string_view text);
Platform HostPlatform();
// Whether an image of platform `have` will do for `want`.
bool PlatformMatches(const Platform& want, const Platform& have);

}  // namespace buoy::image
