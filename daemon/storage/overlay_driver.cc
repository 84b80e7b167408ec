#include "daemon/storage/overlay_driver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/pack.h"
#include "common/unix/file.h"
#include "common/unix/mount_tree.h"
#include "daemon/storage/changes.h"
#include "daemon/storage/init_layer.h"
#include "daemon/storage/tree.h"

namespace buoy::storage {

namespace {

constexpr char kInit[] = "init";

std::string Join(const std::vector<std::string>& paths) {
  std::string joined;
  for (const auto& path : paths) joined += (joined.empty() ? "" : ":") + path;
  return joined;
}

}  // namespace

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

Result<Fd> OverlayDriver::Detached(const OverlaySpec& spec) {
  BUOY_ASSIGN(std::string scratch, layers_->NewStagingFolder());
  auto mount = NewDetachedOverlay(spec, scratch);
  ::rmdir(scratch.c_str());
  return mount;
}

Result<std::string> OverlayDriver::EnsureInit(const std::string& chain_id) {
  return MakeOnce(chain_id, kInit, [&](const std::string& init, const std::string& staging) {
    return FillInit(chain_id, init, staging + "/work");
  });
}

Status OverlayDriver::FillInit(const std::string& chain_id, const std::string& init,
                               const std::string& work) {
  BUOY_ASSIGN(auto lowers, Lowers(chain_id));
  if (lowers.empty()) {
    BUOY_ASSIGN(Fd root, buoy::Open(init, O_PATH | O_DIRECTORY));
    return FillInitLayer(root.get());
  }
  BUOY_TRY(MakeDirs(work, 0700));
  BUOY_TRY(CopyRootAttributes(lowers.front(), init));
  {
    BUOY_ASSIGN(Fd root, Detached({lowers, init, work}));
    BUOY_TRY(FillInitLayer(root.get()));
  }
  return CopyRootAttributes(lowers.front(), init);
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

Status OverlayDriver::FillWritable(const std::string& chain_id, const std::string& rw) {
  BUOY_ASSIGN(std::string init, EnsureInit(chain_id));
  BUOY_TRY(MakeDirs(rw + "/upper", 0755));
  BUOY_TRY(MakeDirs(rw + "/work", 0700));
  return CopyRootAttributes(init, rw + "/upper");
}

Result<OverlaySpec> OverlayDriver::ContainerSpec(const std::string& container_id) const {
  const std::string rw = WritablePath(container_id);
  BUOY_ASSIGN(std::string chain_id, BaseOf(container_id));
  OverlaySpec spec;
  BUOY_ASSIGN(spec.lowers, Lowers(chain_id));
  spec.lowers.insert(spec.lowers.begin(), MadePath(chain_id, kInit));
  spec.upper = rw + "/upper";
  spec.work = rw + "/work";
  return spec;
}

std::vector<std::string> OverlayDriver::MadeNames() const { return {kInit}; }

Result<OverlaySpec> OverlayDriver::ReadySpec(const std::string& container_id) {
  BUOY_ASSIGN(std::string chain_id, BaseOf(container_id));
  BUOY_TRY(EnsureInit(chain_id));
  return ContainerSpec(container_id);
}

Status OverlayDriver::MountAt(const std::string& container_id, const std::string& target) {
  if (auto view = views_[container_id].lock()) {
    if (AttachMount(view->root_fd(), target).ok()) return Ok();
  }
  BUOY_ASSIGN(OverlaySpec spec, ReadySpec(container_id));
  return MountOverlay(spec, target);
}

Status OverlayDriver::Remove(const std::string& container_id) {
  auto removed = LayeredDriver::Remove(container_id);
  std::lock_guard lock(mount_mutex_);
  views_.erase(container_id);
  return removed;
}

Result<std::shared_ptr<RootfsView>> OverlayDriver::OpenRootfs(const std::string& container_id) {
  const std::string target = RootfsPath(container_id);
  std::lock_guard lock(mount_mutex_);
  if (auto view = views_[container_id].lock()) return view;
  std::shared_ptr<RootfsView> view;
  if (IsMountPoint(target)) {
    BUOY_ASSIGN(Fd root, buoy::Open(target, O_PATH | O_DIRECTORY));
    view = std::make_shared<FolderView>(std::move(root));
  } else {
    BUOY_ASSIGN(OverlaySpec spec, ReadySpec(container_id));
    BUOY_ASSIGN(Fd root, Detached(spec));
    view = std::make_shared<FolderView>(std::move(root));
  }
  views_[container_id] = view;
  return view;
}

Result<std::vector<Change>> OverlayDriver::Changes(const std::string& container_id) {
  BUOY_ASSIGN(OverlaySpec spec, ReadySpec(container_id));
  BUOY_ASSIGN(Fd upper, buoy::Open(spec.upper, O_PATH | O_DIRECTORY));
  OverlaySpec below{spec.lowers, "", ""};
  auto lower = below.lowers.size() == 1 ? buoy::Open(below.lowers[0], O_PATH | O_DIRECTORY)
                                        : Detached(below);
  if (!lower.ok()) return std::move(lower).error();
  return CompareUpper(upper.get(), lower->get());
}

Result<int64_t> OverlayDriver::ReadWriteSize(const std::string& container_id) {
  return TreeSize(WritablePath(container_id) + "/upper");
}

Status OverlayDriver::WriteDiff(const std::string& container_id, ByteSink& tar) {
  BUOY_ASSIGN(Fd upper, buoy::Open(WritablePath(container_id) + "/upper", O_PATH | O_DIRECTORY));
  PackOptions options;
  options.overlay_whiteouts = true;
  return PackFolder(upper.get(), tar, options);
}

Result<DriverData> OverlayDriver::ContainerData(const std::string& container_id) const {
  BUOY_ASSIGN(OverlaySpec spec, ContainerSpec(container_id));
  return DriverData{{"ID", container_id},
                    {"LowerDir", Join(spec.lowers)},
                    {"MergedDir", RootfsPath(container_id)},
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
