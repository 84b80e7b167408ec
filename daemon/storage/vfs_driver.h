#pragma once

#include <memory>
#include <string>

#include "daemon/storage/layered_driver.h"

namespace buoy::storage {

// Plain copies, for file systems that overlayfs cannot use. What an image shows is put together
// once, on first use, from its layers:
//   vfs/<chain-id>/image             the layers applied
//   vfs/<chain-id>/base              the same with the mount points that a container needs
//   containers/<id>/rw/tree          the container's copy of base, bind mounted at rootfs
class VfsDriver : public LayeredDriver {
 public:
  static Result<std::unique_ptr<StorageDriver>> Open(const std::string& data_root);

  std::string_view name() const override { return "vfs"; }
  std::vector<std::pair<std::string, std::string>> StatusRows() const override;

  Result<Fd> OpenLayer(const std::string& chain_id) override;
  Result<std::shared_ptr<RootfsView>> OpenRootfs(const std::string& container_id) override;
  Result<std::vector<Change>> Changes(const std::string& container_id) override;
  Result<int64_t> ReadWriteSize(const std::string& container_id) override;
  Status WriteDiff(const std::string& container_id, ByteSink& tar) override;
  // Docker shows nothing of this driver.
  Result<DriverData> ContainerData(const std::string& container_id) const override;
  Result<DriverData> LayerData(const std::string& chain_id) const override;

 private:
  VfsDriver(std::string data_root, std::unique_ptr<LayerStore> layers)
      : LayeredDriver(std::move(data_root), "vfs", std::move(layers)) {}

  Status FillWritable(const std::string& chain_id, const std::string& rw) override;
  std::vector<std::string> WritableFolders() const override { return {"tree"}; }
  std::vector<std::string> MadeNames() const override { return {"base", "image"}; }
  Status MountAt(const std::string& container_id, const std::string& target) override;
  std::string TreePath(const std::string& container_id) const {
    return WritablePath(container_id) + "/tree";
  }
  // What the layers show together, with the mount points or without; made on first use.
  Result<std::string> EnsureTree(const std::string& chain_id, bool with_mount_points);
  Status FillTree(const std::string& chain_id, bool with_mount_points, const std::string& path);
};

}  // namespace buoy::storage
