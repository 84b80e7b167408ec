#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "daemon/storage/layer_store.h"
#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// Plain copies, for file systems that overlayfs cannot use. What an image shows is put together
// once, on first use, from its layers:
//   vfs/<chain-id>/image             the layers applied
//   vfs/<chain-id>/base              the same with the mount points that a container needs
//   containers/<id>/rw/tree          the container's copy of base; rw/base = its chain ID
//   containers/<id>/rootfs           where the copy is bind mounted
class VfsDriver : public StorageDriver {
 public:
  static Result<std::unique_ptr<StorageDriver>> Open(const std::string& data_root);

  std::string_view name() const override { return "vfs"; }
  std::vector<std::pair<std::string, std::string>> StatusRows() const override;

  Result<std::unique_ptr<StagedLayer>> StageLayer(ByteSource& tar,
                                                  const UnpackOptions& options) override {
    return layers_->Stage(tar, options);
  }
  Result<std::vector<LayerInfo>> CommitLayers(
      const std::string& parent_chain_id,
      std::vector<std::unique_ptr<StagedLayer>> layers) override {
    return layers_->Commit(parent_chain_id, std::move(layers));
  }
  Result<LayerInfo> GetLayer(const std::string& chain_id) const override {
    return layers_->Get(chain_id);
  }
  Result<std::vector<std::string>> ListLayers() const override { return layers_->List(); }
  Result<std::vector<std::string>> LayerChain(const std::string& chain_id) const override {
    return layers_->Chain(chain_id);
  }
  Result<Fd> OpenLayer(const std::string& chain_id) override;
  Status RemoveLayer(const std::string& chain_id) override { return layers_->Remove(chain_id); }
  Status CollectGarbage() override { return layers_->CollectGarbage(); }

  Result<std::set<std::string>> LayersInUse() const override;
  Status PrepareContainerRootfs(const std::string& container_id,
                                const std::string& chain_id) override;
  Status HoldLayers(const std::string& container_id,
                    const std::vector<std::string>& chain_ids) override;
  Result<std::string> Mount(const std::string& container_id) override;
  Status Unmount(const std::string& container_id) override;
  bool IsMounted(const std::string& container_id) const override;
  Status Remove(const std::string& container_id) override;
  Result<std::shared_ptr<RootfsView>> OpenRootfs(const std::string& container_id) override;
  Result<std::vector<Change>> Changes(const std::string& container_id) override;
  Result<int64_t> ReadWriteSize(const std::string& container_id) override;
  Status WriteDiff(const std::string& container_id, ByteSink& tar) override;
  Status Export(const std::string& container_id, ByteSink& tar) override;
  // Docker shows nothing of this driver.
  Result<DriverData> ContainerData(const std::string& container_id) const override;
  Result<DriverData> LayerData(const std::string& chain_id) const override;

 private:
  VfsDriver(std::string data_root, std::unique_ptr<LayerStore> layers)
      : data_root_(std::move(data_root)), layers_(std::move(layers)) {}

  std::string ContainerPath(const std::string& container_id) const {
    return data_root_ + "/containers/" + container_id;
  }
  // What the layers show together, with the mount points or without; made on first use.
  Result<std::string> EnsureTree(const std::string& chain_id, bool with_mount_points);
  Status FillTree(const std::string& chain_id, bool with_mount_points, const std::string& path);
  // The folder that the container's copy was made from.
  Result<std::string> BaseOf(const std::string& container_id);

  const std::string data_root_;
  const std::unique_ptr<LayerStore> layers_;
  std::mutex tree_mutex_;
  std::mutex mount_mutex_;
};

}  // namespace buoy::storage
