#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/storage/layer_store.h"
#include "daemon/storage/storage_driver.h"

namespace buoy::storage {

// What the drivers share: the store of unpacked layers, what is made once per image, and the files
// of containers that are kept alike whatever shows them:
//   <data root>/<folder>/<chain-id>/...      layers (LayerStore)
//   <data root>/<folder>/scratch/...         what is made once for containers without an image
//   <data root>/containers/<id>/rw/base      the chain ID that the container stands on
//   <data root>/containers/<id>/rw/held      those of images it mounts, one a line
//   <data root>/containers/<id>/rootfs       the mount point
class LayeredDriver : public StorageDriver {
 public:
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
  Status RemoveLayer(const std::string& chain_id) override { return layers_->Remove(chain_id); }
  Status CollectGarbage() override { return layers_->CollectGarbage(); }
  Result<std::string> CompareLayer(const std::string& chain_id, StagedLayer& fresh) override {
    return layers_->Compare(chain_id, fresh);
  }
  Status ReplaceLayer(const std::string& chain_id, std::unique_ptr<StagedLayer> fresh) override;
  std::string CheckContainer(const std::string& container_id) const override;

  Result<std::set<std::string>> LayersInUse() const override;
  Status PrepareContainerRootfs(const std::string& container_id,
                                const std::string& chain_id) override;
  Status HoldLayers(const std::string& container_id,
                    const std::vector<std::string>& chain_ids) override;
  Result<std::string> Mount(const std::string& container_id) override;
  Status Unmount(const std::string& container_id) override;
  bool IsMounted(const std::string& container_id) const override;
  Status Remove(const std::string& container_id) override;
  Status Export(const std::string& container_id, ByteSink& tar) override;

 protected:
  LayeredDriver(std::string data_root, std::string folder, std::unique_ptr<LayerStore> layers)
      : data_root_(std::move(data_root)),
        root_(data_root_ + "/" + std::move(folder)),
        layers_(std::move(layers)) {}

  // Writes a new container's own files below `rw`, which is there. The layers are in use already.
  virtual Status FillWritable(const std::string& chain_id, const std::string& rw) = 0;
  // The folders below `rw` that FillWritable() makes.
  virtual std::vector<std::string> WritableFolders() const = 0;
  // What MakeOnce() makes.
  virtual std::vector<std::string> MadeNames() const = 0;
  // Attaches the container's file system at `target`; mount_mutex_ is held.
  virtual Status MountAt(const std::string& container_id, const std::string& target) = 0;

  std::string ContainerPath(const std::string& container_id) const {
    return data_root_ + "/containers/" + container_id;
  }
  std::string WritablePath(const std::string& container_id) const {
    return ContainerPath(container_id) + "/rw";
  }
  std::string RootfsPath(const std::string& container_id) const {
    return ContainerPath(container_id) + "/rootfs";
  }
  // The chain ID that the container stands on, empty for scratch.
  Result<std::string> BaseOf(const std::string& container_id) const;

  // Where what is made once for an image is: beside its highest layer.
  std::string MadePath(const std::string& chain_id, const std::string& name) const;
  // That path, made on first use: `fill` gets a folder that is renamed there when it is complete,
  // and a staging folder around it that vanishes.
  using Fill = std::function<Status(const std::string& folder, const std::string& staging)>;
  Result<std::string> MakeOnce(const std::string& chain_id, const std::string& name,
                               const Fill& fill);

  const std::string data_root_;
  const std::string root_;  // of the layers
  const std::unique_ptr<LayerStore> layers_;
  mutable std::mutex mount_mutex_;  // one mount or unmount of containers at a time

 private:
  // The folders of containers.
  Result<std::vector<std::string>> Containers() const;
  // The layers a container stands on or holds, as far as they are there.
  std::set<std::string> LayersOf(const std::string& container_id) const;

  std::mutex make_mutex_;
};

// A folder, or the root of a detached mount, as a view.
class FolderView : public RootfsView {
 public:
  explicit FolderView(Fd root) : root_(std::move(root)) {}
  int root_fd() const override { return root_.get(); }

 private:
  Fd root_;
};

}  // namespace buoy::storage
