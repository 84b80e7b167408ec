#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/storage/layer_store.h"
#include "daemon/storage/overlay_mount.h"
#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// Layers stacked by overlayfs ("overlay2"). A container stands on its image's layers and on one
// small layer of mount points, made once per image (<layer>/init); its own files are in
//   containers/<id>/rw/{upper,work}, rw/base = the chain ID it stands on
//   containers/<id>/rootfs           the mount point
class OverlayDriver : public StorageDriver {
 public:
  static Result<std::unique_ptr<StorageDriver>> Open(const std::string& data_root);

  std::string_view name() const override { return "overlay2"; }
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
  Result<DriverData> ContainerData(const std::string& container_id) const override;
  Result<DriverData> LayerData(const std::string& chain_id) const override;

 private:
  class View;

  OverlayDriver(std::string data_root, std::unique_ptr<LayerStore> layers)
      : data_root_(std::move(data_root)), layers_(std::move(layers)) {}

  std::string ContainerPath(const std::string& container_id) const {
    return data_root_ + "/containers/" + container_id;
  }
  // The layers' diff folders, highest first.
  Result<std::vector<std::string>> Lowers(const std::string& chain_id) const;
  // The init layer's folder on that chain, made on first use.
  Result<std::string> EnsureInit(const std::string& chain_id);
  std::string InitPath(const std::string& chain_id) const;
  Result<OverlaySpec> ContainerSpec(const std::string& container_id) const;
  // Runs `use` with a detached overlay.
  Result<Fd> Detached(const OverlaySpec& spec);

  const std::string data_root_;
  const std::unique_ptr<LayerStore> layers_;
  std::mutex init_mutex_;
  // Guards mounting and views_: a file system mounted for a view is the one that gets attached.
  mutable std::mutex mount_mutex_;
  std::map<std::string, std::weak_ptr<RootfsView>> views_;
};

}  // namespace buoy::storage
