#pragma once

#include <string>
#include <vector>

#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// A layer's files in a staging folder of their own (<path>/diff); removes them unless taken.
class FolderStagedLayer : public StagedLayer {
 public:
  explicit FolderStagedLayer(std::string path) : path_(std::move(path)) {}
  ~FolderStagedLayer() override;

  // Unpacks and hashes `tar` to its end.
  Status Unpack(ByteSource& tar, const UnpackOptions& options);

  const std::string& diff_id() const override { return diff_id_; }
  int64_t size() const override { return size_; }
  const std::string& path() const { return path_; }
  // Gives the folders that had no entry of their own the owner and mode they have below:
  // `lower_diffs` are the layers under this one, highest first.
  Status InheritFolders(const std::vector<std::string>& lower_diffs);
  // The folder was renamed away.
  void Release() { path_.clear(); }

 private:
  std::string path_;
  std::string diff_id_;
  int64_t size_ = 0;
  std::vector<std::string> implied_folders_;
};

}  // namespace buoy::storage
