#include "daemon/storage/layered_driver.h"

#include <fcntl.h>
#include <stdio.h>

#include <sstream>

#include "common/archive/pack.h"
#include "common/archive/whiteout.h"
#include "common/digest/digest.h"
#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "daemon/storage/overlay_mount.h"
#include "daemon/storage/tree.h"

namespace buoy::storage {

Result<std::vector<std::string>> LayeredDriver::Containers() const {
  auto folder = buoy::Open(data_root_ + "/containers", O_PATH | O_DIRECTORY);
  if (!folder.ok()) return std::vector<std::string>();  // there never was one
  return ListFolder(folder->get());
}

std::set<std::string> LayeredDriver::LayersOf(const std::string& container_id) const {
  std::set<std::string> used;
  auto base = BaseOf(container_id);
  if (!base.ok()) return used;
  std::istringstream lines(*base + "\n" +
                           ReadFile(WritablePath(container_id) + "/held").value_or(""));
  for (std::string chain_id; std::getline(lines, chain_id);) {
    auto chain = layers_->Chain(chain_id);
    if (chain.ok()) used.insert(chain->begin(), chain->end());
  }
  return used;
}

Result<std::set<std::string>> LayeredDriver::LayersInUse() const {
  std::set<std::string> used;
  BUOY_ASSIGN(auto ids, Containers());
  for (const auto& id : ids) used.merge(LayersOf(id));
  return used;
}

Status LayeredDriver::ReplaceLayer(const std::string& chain_id,
                                   std::unique_ptr<StagedLayer> fresh) {
  std::lock_guard lock(mount_mutex_);  // nobody mounts it meanwhile
  BUOY_ASSIGN(auto ids, Containers());
  for (const auto& id : ids) {
    if (!IsMounted(id) || !LayersOf(id).contains(chain_id)) continue;
    return Conflict("the container " + ShortId(id) + " runs on it: stop it first");
  }
  std::lock_guard making(make_mutex_);
  return layers_->Replace(chain_id, std::move(fresh), MadeNames());
}

std::string LayeredDriver::CheckContainer(const std::string& container_id) const {
  auto base = BaseOf(container_id);
  if (!base.ok()) return "what it stands on is not recorded";
  auto chain = layers_->Chain(*base);
  if (!chain.ok()) return "it stands on layers that are not there";
  for (const auto& name : WritableFolders()) {
    const std::string path = WritablePath(container_id) + "/" + name;
    if (!PathExists(path)) return path + " is missing";
  }
  return "";
}

Result<std::string> LayeredDriver::BaseOf(const std::string& container_id) const {
  return ReadFile(WritablePath(container_id) + "/base", 256);
}

Status LayeredDriver::HoldLayers(const std::string& container_id,
                                 const std::vector<std::string>& chain_ids) {
  std::string lines;
  for (const auto& chain_id : chain_ids) lines += chain_id + "\n";
  return WriteFileAtomic(WritablePath(container_id) + "/held", lines);
}

Status LayeredDriver::PrepareContainerRootfs(const std::string& container_id,
                                             const std::string& chain_id) {
  const std::string rw = WritablePath(container_id);
  Cleanup undo([&] { (void)Remove(container_id); });
  BUOY_TRY(MakeDirs(rw, 0755));
  BUOY_TRY(MakeDirs(RootfsPath(container_id), 0755));
  BUOY_TRY(WriteFileAtomic(rw + "/base", chain_id));
  BUOY_TRY(FillWritable(chain_id, rw));
  undo.Release();
  return Ok();
}

Result<std::string> LayeredDriver::Mount(const std::string& container_id) {
  const std::string target = RootfsPath(container_id);
  std::lock_guard lock(mount_mutex_);
  if (!IsMountPoint(target)) BUOY_TRY(MountAt(container_id, target));
  return target;
}

Status LayeredDriver::Unmount(const std::string& container_id) {
  std::lock_guard lock(mount_mutex_);
  return DetachMount(RootfsPath(container_id));
}

bool LayeredDriver::IsMounted(const std::string& container_id) const {
  return IsMountPoint(RootfsPath(container_id));
}

Status LayeredDriver::Remove(const std::string& container_id) {
  BUOY_TRY(Unmount(container_id));
  auto rw = RemoveTree(WritablePath(container_id)), rootfs = RemoveTree(RootfsPath(container_id));
  BUOY_TRY(rw);
  return rootfs;
}

Status LayeredDriver::Export(const std::string& container_id, ByteSink& tar) {
  BUOY_ASSIGN(auto view, OpenRootfs(container_id));
  return PackFolder(view->root_fd(), tar, {});
}

std::string LayeredDriver::MadePath(const std::string& chain_id, const std::string& name) const {
  return (chain_id.empty() ? root_ + "/scratch" : layers_->LayerPath(chain_id)) + "/" + name;
}

Result<std::string> LayeredDriver::MakeOnce(const std::string& chain_id, const std::string& name,
                                            const Fill& fill) {
  const std::string path = MadePath(chain_id, name);
  std::lock_guard lock(make_mutex_);
  if (PathExists(path)) return path;
  BUOY_ASSIGN(std::string staging, layers_->NewStagingFolder());
  Cleanup undo([&] { (void)RemoveTree(staging); });
  const std::string made = staging + "/" + name;
  BUOY_TRY(MakeDirs(made, 0755));
  BUOY_TRY(fill(made, staging));
  if (chain_id.empty()) BUOY_TRY(MakeDirs(root_ + "/scratch", 0755));
  if (::rename(made.c_str(), path.c_str()) != 0) return ErrnoError("rename " + made);
  return path;
}

}  // namespace buoy::storage
