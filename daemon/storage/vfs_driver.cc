#include "daemon/storage/vfs_driver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "common/archive/rooted.h"
#include "common/archive/tar_writer.h"
#include "common/unix/file.h"
#include "common/unix/mount_tree.h"
#include "daemon/storage/changes.h"
#include "daemon/storage/init_layer.h"
#include "daemon/storage/overlay_mount.h"
#include "daemon/storage/tree.h"
#include "daemon/storage/tree_copy.h"

namespace buoy::storage {

namespace {

Status CopyFolder(const std::string& from, const std::string& to, bool apply_whiteouts) {
  BUOY_ASSIGN(Fd source, buoy::Open(from, O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(Fd target, buoy::Open(to, O_PATH | O_DIRECTORY));
  return CopyTree(source.get(), target.get(), apply_whiteouts);
}

Status AddWhiteout(TarWriter& writer, const std::string& path) {
  auto [folder, name] = SplitPath(path);
  TarEntry entry;
  entry.path =
      std::string(folder.empty() ? "" : std::string(folder) + "/") + ".wh." + std::string(name);
  return writer.AddFile(entry, "");
}

}  // namespace

Result<std::unique_ptr<StorageDriver>> VfsDriver::Open(const std::string& data_root) {
  BUOY_ASSIGN(auto layers, LayerStore::Open(data_root + "/vfs"));
  return std::unique_ptr<StorageDriver>(new VfsDriver(data_root, std::move(layers)));
}

std::vector<std::pair<std::string, std::string>> VfsDriver::StatusRows() const { return {}; }

Status VfsDriver::FillTree(const std::string& chain_id, bool with_mount_points,
                           const std::string& path) {
  BUOY_ASSIGN(auto chain, layers_->Chain(chain_id));
  for (auto id = chain.rbegin(); id != chain.rend(); ++id) {
    BUOY_TRY(CopyFolder(layers_->DiffPath(*id), path, true));
  }
  if (with_mount_points) {
    BUOY_ASSIGN(Fd root, buoy::Open(path, O_PATH | O_DIRECTORY));
    BUOY_TRY(FillInitLayer(root.get()));
  }
  if (!chain.empty()) return CopyRootAttributes(layers_->DiffPath(chain.front()), path);
  return Ok();
}

Result<std::string> VfsDriver::EnsureTree(const std::string& chain_id, bool with_mount_points) {
  return MakeOnce(chain_id, with_mount_points ? "base" : "image",
                  [&](const std::string& tree, const std::string&) -> Status {
                    BUOY_TRY(FillTree(chain_id, with_mount_points, tree));
                    return SyncFileSystem(tree);
                  });
}

Result<Fd> VfsDriver::OpenLayer(const std::string& chain_id) {
  if (chain_id.empty()) return InvalidArgument("image has no layers to mount");
  BUOY_ASSIGN(std::string path, EnsureTree(chain_id, false));
  BUOY_ASSIGN(Fd folder, buoy::Open(path, O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(Fd tree, CloneTree(folder.get(), false));
  BUOY_TRY(MakeTreeReadOnly(tree.get(), false));
  return tree;
}

Status VfsDriver::FillWritable(const std::string& chain_id, const std::string& rw) {
  BUOY_ASSIGN(std::string base, EnsureTree(chain_id, true));
  BUOY_TRY(MakeDirs(rw + "/tree", 0755));
  BUOY_TRY(CopyFolder(base, rw + "/tree", false));
  return CopyRootAttributes(base, rw + "/tree");
}

Status VfsDriver::MountAt(const std::string& container_id, const std::string& target) {
  BUOY_ASSIGN(Fd folder, buoy::Open(TreePath(container_id), O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(Fd tree, CloneTree(folder.get(), false));
  return AttachMount(tree.get(), target);
}

Result<std::shared_ptr<RootfsView>> VfsDriver::OpenRootfs(const std::string& container_id) {
  BUOY_ASSIGN(Fd folder, buoy::Open(TreePath(container_id), O_PATH | O_DIRECTORY));
  // A mount of its own, as users of a view clone it.
  BUOY_ASSIGN(Fd tree, CloneTree(folder.get(), false));
  return std::shared_ptr<RootfsView>(std::make_shared<FolderView>(std::move(tree)));
}

Result<std::vector<Change>> VfsDriver::Changes(const std::string& container_id) {
  BUOY_ASSIGN(std::string chain_id, BaseOf(container_id));
  BUOY_ASSIGN(std::string base, EnsureTree(chain_id, true));
  BUOY_ASSIGN(Fd before, buoy::Open(base, O_PATH | O_DIRECTORY));
  BUOY_ASSIGN(Fd after, buoy::Open(TreePath(container_id), O_PATH | O_DIRECTORY));
  return CompareTrees(after.get(), before.get());
}

Result<int64_t> VfsDriver::ReadWriteSize(const std::string& container_id) {
  BUOY_ASSIGN(auto changes, Changes(container_id));
  BUOY_ASSIGN(Fd tree, buoy::Open(TreePath(container_id), O_PATH | O_DIRECTORY));
  std::set<std::pair<dev_t, ino_t>> seen;
  int64_t total = 0;
  for (const auto& change : changes) {
    struct stat info;
    if (change.kind == ChangeKind::kDeleted ||
        ::fstatat(tree.get(), change.path.c_str() + 1, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) continue;
    if (seen.insert({info.st_dev, info.st_ino}).second) total += info.st_size;
  }
  return total;
}

Status VfsDriver::WriteDiff(const std::string& container_id, ByteSink& tar) {
  BUOY_ASSIGN(auto changes, Changes(container_id));
  BUOY_ASSIGN(Fd tree, buoy::Open(TreePath(container_id), O_PATH | O_DIRECTORY));
  std::set<std::string> changed;
  for (const auto& change : changes) {
    if (change.kind != ChangeKind::kDeleted) changed.insert(change.path.substr(1));
  }
  BUOY_ASSIGN(auto writer, TarWriter::Open(tar));
  PackOptions options;
  options.skip = [&](const std::string& path) { return !changed.contains(path); };
  BUOY_TRY(Packer(*writer, options).AddChildren(tree.get(), ""));
  for (const auto& change : changes) {
    if (change.kind != ChangeKind::kDeleted) continue;
    BUOY_TRY(AddWhiteout(*writer, change.path.substr(1)));
  }
  return writer->Finish();
}

Result<DriverData> VfsDriver::ContainerData(const std::string&) const { return DriverData{}; }

Result<DriverData> VfsDriver::LayerData(const std::string&) const { return DriverData{}; }

}  // namespace buoy::storage
