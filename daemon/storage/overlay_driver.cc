#include "daemon/storage/overlay_driver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/pack.h"
#include "common/archive/whiteout.h"
#include "common/digest/digest.h"
#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "common/unix/mount_tree.h"
#include "daemon/storage/changes.h"
#include "daemon/storage/container_layers.h"
#include "daemon/storage/init_layer.h"
#include "daemon/storage/tree.h"

namespace buoy::storage {

namespace {

std::string Join(const std::vector<std::string>& paths) {
  std::string joined;
  for (const auto& path : paths) joined += (joined.empty() ? "" : ":") + path;
  return joined;
}

}  // namespace

class OverlayDriver::View : public RootfsView {
 public:
  explicit View(Fd root) : root_(std::move(root)) {}
  int root_fd() const override { return root_.get(); }

 private:
  Fd root_;
};

Result<std::unique_ptr<StorageDriver>> OverlayDriver::Open(const std::string& data_root) {
  BUOY_ASSIGN(auto layers, LayerStore::Open(data_root + "/overlay"));
  return std::unique_ptr<StorageDriver>(new OverlayDriver(data_root, std::move(layers)));
}

std::vector<std::pair<std::string, std::string>> OverlayDriver::StatusRows() const {
  struct statfs info = {};
  ::statfs(data_root_.c_str(), &info);
  std::string backing = info.f_type == 0xEF53       ? "extfs"
                        : info.f_type == 0x58465342 ? "xfs"
                        : info.f_type == 0x9123683E ? "btrfs"
                        : info.f_type == 0x01021994 ? "tmpfs"
                        : info.f_type == 0x2FC12FC1 ? "zfs"
                        : info.f_type == 0xF2F52010 ? "f2fs"
                                                    : "<unknown>";
  return {{"Backing Filesystem", backing},
          {"Supports d_type", "true"},
          {"Using metacopy", "false"},
          {"Native Overlay Diff", "true"},
          {"userxattr", "false"}};
}

Result<std::vector<std::string>> OverlayDriver::Lowers(const std::string& chain_id) const {
  BUOY_ASSIGN(auto chain, layers_->Chain(chain_id));
  std::vector<std::string> lowers;
  for (const auto& id : chain) lowers.push_back(layers_->DiffPath(id));
  return lowers;
}

std::string OverlayDriver::InitPath(const std::string& chain_id) const {
  return (chain_id.empty() ? data_root_ + "/overlay/scratch" : layers_->LayerPath(chain_id)) +
         "/init";
}

Result<Fd> OverlayDriver::Detached(const OverlaySpec& spec) {
  BUOY_ASSIGN(std::string scratch, layers_->NewStagingFolder());
  auto mount = NewDetachedOverlay(spec, scratch);
  ::rmdir(scratch.c_str());
  return mount;
}

Result<std::string> OverlayDriver::EnsureInit(const std::string& chain_id) {
  const std::string path = InitPath(chain_id);
  std::lock_guard lock(init_mutex_);
  if (PathExists(path)) return path;
  BUOY_ASSIGN(auto lowers, Lowers(chain_id));
  BUOY_ASSIGN(std::string staging, layers_->NewStagingFolder());
  Cleanup undo([&] { (void)RemoveTree(staging); });
  OverlaySpec spec{lowers, staging + "/init", staging + "/work"};
  BUOY_TRY(MakeDirs(spec.upper, 0755));
  if (lowers.empty()) {
    BUOY_ASSIGN(Fd root, buoy::Open(spec.upper, O_PATH | O_DIRECTORY));
    BUOY_TRY(FillInitLayer(root.get()));
    BUOY_TRY(MakeDirs(data_root_ + "/overlay/scratch", 0755));
  } else {
    BUOY_TRY(MakeDirs(spec.work, 0700));
    BUOY_TRY(CopyRootAttributes(lowers.front(), spec.upper));
    BUOY_ASSIGN(Fd root, Detached(spec));
    BUOY_TRY(FillInitLayer(root.get()));
  }
  if (!lowers.empty()) BUOY_TRY(CopyRootAttributes(lowers.front(), spec.upper));
  if (::rename(spec.upper.c_str(), path.c_str()) != 0) return ErrnoError("rename " + spec.upper);
  return path;
}

Result<std::set<std::string>> OverlayDriver::LayersInUse() const {
  return LayersOfContainers(data_root_, *layers_);
}

Status OverlayDriver::HoldLayers(const std::string& container_id,
                                 const std::vector<std::string>& chain_ids) {
  return WriteHeldLayers(ContainerPath(container_id), chain_ids);
}

Result<Fd> OverlayDriver::OpenLayer(const std::string& chain_id) {
  OverlaySpec spec;
  BUOY_ASSIGN(spec.lowers, Lowers(chain_id));
  if (spec.lowers.empty()) return InvalidArgument("image has no layers to mount");
  Fd tree;
  if (spec.lowers.size() == 1) {  // overlayfs wants two
    BUOY_ASSIGN(Fd folder, buoy::Open(spec.lowers[0], O_PATH | O_DIRECTORY));
    BUOY_ASSIGN(tree, CloneTree(folder.get(), false));
  } else {
    BUOY_ASSIGN(tree, Detached(spec));
  }
  BUOY_TRY(MakeTreeReadOnly(tree.get(), false));
  return tree;
}

Status OverlayDriver::PrepareContainerRootfs(const std::string& container_id,
                                             const std::string& chain_id) {
  BUOY_ASSIGN(std::string init, EnsureInit(chain_id));
  const std::string rw = ContainerPath(container_id) + "/rw";
  Cleanup undo([&] { (void)Remove(container_id); });
  BUOY_TRY(MakeDirs(rw + "/upper", 0755));
  BUOY_TRY(MakeDirs(rw + "/work", 0700));
  BUOY_TRY(MakeDirs(ContainerPath(container_id) + "/rootfs", 0755));
  BUOY_TRY(CopyRootAttributes(init, rw + "/upper"));
  BUOY_TRY(WriteFileAtomic(rw + "/base", chain_id));
  undo.Release();
  return Ok();
}

Result<OverlaySpec> OverlayDriver::ContainerSpec(const std::string& container_id) const {
  const std::string rw = ContainerPath(container_id) + "/rw";
  BUOY_ASSIGN(std::string chain_id, ReadFile(rw + "/base", 256));
  OverlaySpec spec;
  BUOY_ASSIGN(spec.lowers, Lowers(chain_id));
  spec.lowers.insert(spec.lowers.begin(), InitPath(chain_id));
  spec.upper = rw + "/upper";
  spec.work = rw + "/work";
  return spec;
}

Result<std::string> OverlayDriver::Mount(const std::string& container_id) {
  const std::string target = ContainerPath(container_id) + "/rootfs";
  std::lock_guard lock(mount_mutex_);
  if (IsMountPoint(target)) return target;
  if (auto view = views_[container_id].lock()) {
    if (AttachMount(view->root_fd(), target).ok()) return target;
  }
  BUOY_ASSIGN(OverlaySpec spec, ContainerSpec(container_id));
  BUOY_TRY(MountOverlay(spec, target));
  return target;
}

Status OverlayDriver::Unmount(const std::string& container_id) {
  std::lock_guard lock(mount_mutex_);
  return DetachMount(ContainerPath(container_id) + "/rootfs");
}

bool OverlayDriver::IsMounted(const std::string& container_id) const {
  return IsMountPoint(ContainerPath(container_id) + "/rootfs");
}

Status OverlayDriver::Remove(const std::string& container_id) {
  BUOY_TRY(Unmount(container_id));
  const std::string path = ContainerPath(container_id);
  auto rw = RemoveTree(path + "/rw"), rootfs = RemoveTree(path + "/rootfs");
  std::lock_guard lock(mount_mutex_);
  views_.erase(container_id);
  BUOY_TRY(rw);
  return rootfs;
}

Result<std::shared_ptr<RootfsView>> OverlayDriver::OpenRootfs(const std::string& container_id) {
  const std::string target = ContainerPath(container_id) + "/rootfs";
  std::lock_guard lock(mount_mutex_);
  if (auto view = views_[container_id].lock()) return view;
  std::shared_ptr<RootfsView> view;
  if (IsMountPoint(target)) {
    BUOY_ASSIGN(Fd root, buoy::Open(target, O_PATH | O_DIRECTORY));
    view = std::make_shared<View>(std::move(root));
  } else {
    BUOY_ASSIGN(OverlaySpec spec, ContainerSpec(container_id));
    BUOY_ASSIGN(Fd root, Detached(spec));
    view = std::make_shared<View>(std::move(root));
  }
  views_[container_id] = view;
  return view;
}

Result<std::vector<Change>> OverlayDriver::Changes(const std::string& container_id) {
  BUOY_ASSIGN(OverlaySpec spec, ContainerSpec(container_id));
  BUOY_ASSIGN(Fd upper, buoy::Open(spec.upper, O_PATH | O_DIRECTORY));
  OverlaySpec below{spec.lowers, "", ""};
  auto lower = below.lowers.size() == 1 ? buoy::Open(below.lowers[0], O_PATH | O_DIRECTORY)
                                        : Detached(below);
  if (!lower.ok()) return std::move(lower).error();
  return CompareUpper(upper.get(), lower->get());
}

Result<int64_t> OverlayDriver::ReadWriteSize(const std::string& container_id) {
  return TreeSize(ContainerPath(container_id) + "/rw/upper");
}

Status OverlayDriver::WriteDiff(const std::string& container_id, ByteSink& tar) {
  BUOY_ASSIGN(Fd upper,
              buoy::Open(ContainerPath(container_id) + "/rw/upper", O_PATH | O_DIRECTORY));
  PackOptions options;
  options.overlay_whiteouts = true;
  return PackFolder(upper.get(), tar, options);
}

Status OverlayDriver::Export(const std::string& container_id, ByteSink& tar) {
  BUOY_ASSIGN(auto view, OpenRootfs(container_id));
  return PackFolder(view->root_fd(), tar, {});
}

Result<DriverData> OverlayDriver::ContainerData(const std::string& container_id) const {
  BUOY_ASSIGN(OverlaySpec spec, ContainerSpec(container_id));
  return DriverData{{"ID", container_id},
                    {"LowerDir", Join(spec.lowers)},
                    {"MergedDir", ContainerPath(container_id) + "/rootfs"},
                    {"UpperDir", spec.upper},
                    {"WorkDir", spec.work}};
}

Result<DriverData> OverlayDriver::LayerData(const std::string& chain_id) const {
  BUOY_ASSIGN(auto lowers, Lowers(chain_id));
  DriverData data;
  if (lowers.empty()) return data;
  const std::string path = layers_->LayerPath(chain_id);
  data = {{"MergedDir", path + "/merged"}, {"UpperDir", lowers[0]}, {"WorkDir", path + "/work"}};
  lowers.erase(lowers.begin());
  if (!lowers.empty()) data["LowerDir"] = Join(lowers);
  return data;
}

}  // namespace buoy::storage
