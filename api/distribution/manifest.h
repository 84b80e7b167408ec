#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy::distribution {

inline constexpr char kDockerManifest[] = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr char kDockerList[] = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr char kOciManifest[] = "application/vnd.oci.image.manifest.v1+json";
inline constexpr char kOciIndex[] = "application/vnd.oci.image.index.v1+json";
inline constexpr char kDockerConfig[] = "application/vnd.docker.container.image.v1+json";
inline constexpr char kDockerLayer[] = "application/vnd.docker.image.rootfs.diff.tar.gzip";

// As in distribution and containerd: a longer manifest is refused.
inline constexpr size_t kMaxManifest = 4u << 20;

struct ManifestPlatform {
  std::string os, architecture, variant, os_version;
  std::vector<std::string> os_features;
};

struct Descriptor {
  std::string media_type;
  std::string digest;  // sha256:...
  int64_t size = 0;
  std::optional<ManifestPlatform> platform;
};

// An image manifest (config and layers, lowest first) or an index (manifests).
struct Manifest {
  std::string media_type;
  bool is_index = false;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::vector<Descriptor> manifests;
};

// Parses what a registry calls `content_type` ("" and unknown types: as the text says itself).
// Everything is checked: types that contradict each other, "manifests" beside "layers", digests,
// sizes, depth. kInvalidArgument; for Docker's schema 1 with Docker's text about its removal,
// which names `reference` when that is given.
Result<Manifest> ParseManifest(std::string_view text, std::string_view content_type,
                               const std::string& reference = "");

// Whether layers or configs of this type may belong to an image: kInvalidArgument "unsupported
// media type X" for artifacts and for layers that are to be fetched from elsewhere.
Status CheckImageMediaType(const std::string& media_type);

}  // namespace buoy::distribution
