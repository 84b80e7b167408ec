#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemon/storage/layered_driver.h"
#include "daemon/storage/overlay_mount.h"

namespace buoy::storage {

// Layers stacked by overlayfs ("overlay2"). A container stands on its image's layers and on one
// small layer of mount points, made once per image (<layer>/init); its own files are in
// rw/{upper,work}.
class OverlayDriver : public LayeredDriver {
 public:
  static Result<std::unique_ptr<StorageDriver>> Open(const std::string& data_root);

  std::string_view name() const override { return "overlay2"; }
  std::vector<std::pair<std::string, std::string>> StatusRows() const override;

  Result<Fd> OpenLayer(const std::string& chain_id) override;
  Status Remove(const std::string& container_id) override;
  Result<std::shared_ptr<RootfsView>> OpenRootfs(const std::string& container_id) override;
  Result<std::vector<Change>> Changes(const std::string& container_id) override;
  Result<int64_t> ReadWriteSize(const std::string& container_id) override;
  Status WriteDiff(const std::string& container_id, ByteSink& tar) override;
  Result<DriverData> ContainerData(const std::string& container_id) const override;
  Result<DriverData> LayerData(const std::string& chain_id) const override;

 private:
  OverlayDriver(std::string data_root, std::unique_ptr<LayerStore> layers)
      : LayeredDriver(std::move(data_root), "overlay", std::move(layers)) {}

  Status FillWritable(const std::string& chain_id, const std::string& rw) override;
  std::vector<std::string> WritableFolders() const override { return {"upper", "work"}; }
  std::vector<std::string> MadeNames() const override;
  Status MountAt(const std::string& container_id, const std::string& target) override;
  // The layers' diff folders, highest first.
  Result<std::vector<std::string>> Lowers(const std::string& chain_id) const;
  // The init layer's folder on that chain, made on first use.
  Result<std::string> EnsureInit(const std::string& chain_id);
  Status FillInit(const std::string& chain_id, const std::string& init, const std::string& work);
  Result<OverlaySpec> ContainerSpec(const std::string& container_id) const;
  // The same for a mount: with the init layer there.
  Result<OverlaySpec> ReadySpec(const std::string& container_id);
  // A new overlay that is mounted nowhere.
  Result<Fd> Detached(const OverlaySpec& spec);

  // A file system mounted for a view is the one that gets attached. Guarded by mount_mutex_.
  std::map<std::string, std::weak_ptr<RootfsView>> views_;
};

}  // namespace buoy::storage
