#pragma once

#include <string>
#include <vector>

#include "cli/command/manifest/manifest_registry.h"

namespace buoy::cli {

// Docker's store of manifest lists that are being put together: one file for each image,
// <config dir>/manifests/<list>/<image>, names with ':' and '/' replaced.
class ManifestStore {
 public:
  explicit ManifestStore(const std::string& config_dir) : root_(config_dir + "/manifests") {}

  // kNotFound "No such manifest: X".
  Result<ImageManifest> Get(const Reference& list, const Reference& image) const;
  // All of a list, by file name.
  Result<std::vector<ImageManifest>> GetList(const Reference& list) const;
  Status Save(const Reference& list, const Reference& image, const ImageManifest& manifest) const;
  Status Remove(const Reference& list) const;

 private:
  std::string ListPath(const Reference& list) const;
  Result<ImageManifest> Read(const std::string& path, const Reference& named) const;

  const std::string root_;
};

}  // namespace buoy::cli
