#include "daemon/container/file_view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/archive/rooted.h"
#include "common/unix/file.h"
#include "daemon/logging/log.h"

namespace buoy::container {
namespace {

// The container's mounts as trees of their own, outer ones first.
Result<std::vector<PrivateRoot::Tree>> Trees(std::vector<oci::MountPlan> mounts) {
  std::stable_sort(mounts.begin(), mounts.end(), [](const auto& a, const auto& b) {
    auto depth = [](const std::string& path) { return std::count(path.begin(), path.end(), '/'); };
    return depth(a.destination) < depth(b.destination);
  });
  std::vector<PrivateRoot::Tree> trees;
  for (const auto& mount : mounts) {
    if (mount.type == "tmpfs") continue;
    BUOY_ASSIGN(Fd source, Open(mount.source, O_PATH));
    struct stat info {};
    if (fstat(source.get(), &info) != 0) return ErrnoError("stat " + mount.source);
    PrivateRoot::Tree tree;
    BUOY_ASSIGN_CONTEXT(tree.fd, CloneTree(source.get(), !mount.non_recursive), mount.source);
    if (!mount.rw) {
      BUOY_TRY_CONTEXT(MakeTreeReadOnly(tree.fd.get(), !mount.read_only_non_recursive),
                       mount.source);
    }
    tree.destination = mount.destination;
    tree.is_folder = S_ISDIR(info.st_mode);
    trees.push_back(std::move(tree));
  }
  return trees;
}

}  // namespace

Result<std::unique_ptr<FileView>> FileView::Open(Engine& engine, const ContainerPtr& container) {
  std::lock_guard operation(container->operation);
  std::unique_ptr<FileView> view(new FileView(engine, container, container->Snapshot()));
  if (auto opened = view->OpenLocked(); !opened.ok()) {
    view->CloseLocked();
    return std::move(opened).error();
  }
  return view;
}

Status FileView::OpenLocked() {
  if (data_.state == State::kDead || data_.state == State::kRemoving) {
    return Conflict("container " + data_.id + " is marked for removal");
  }
  {
    std::lock_guard lock(container_->mutex);
    ++container_->file_views;
    counted_ = true;
  }
  BUOY_ASSIGN(std::string root, engine_.areas.storage.Mount(data_.id));
  volume::MountScope scope = engine_.Mounts(data_);
  scope.for_a_look = true;
  BUOY_ASSIGN(auto mounts, volume::SetUpMounts(scope, data_.mounts));
  BUOY_ASSIGN(auto trees, Trees(std::move(mounts)));
  BUOY_ASSIGN(root_, PrivateRoot::Create(root, trees));
  return Ok();
}

void FileView::CloseLocked() {
  if (!std::exchange(counted_, false)) return;
  ContainerData data;
  {
    std::lock_guard lock(container_->mutex);
    // While it runs, or is still to be cleaned up, the mounts are those of the run.
    if (--container_->file_views > 0 || IsRunning(container_->data.state)) return;
    if (container_->needs_cleanup) return;
    data = container_->data;
  }
  volume::MountScope scope = engine_.Mounts(data);
  scope.for_a_look = true;
  auto unmounted = volume::TearDownMounts(scope, data.mounts);
  if (unmounted.ok()) unmounted = engine_.areas.storage.Unmount(data.id);
  if (!unmounted.ok()) {
    log::Warn("unmounting after a copy",
              {{"container", data.id}, {"error", unmounted.error().message()}});
  }
}

FileView::~FileView() {
  if (!counted_) return;
  root_ = PrivateRoot();
  std::lock_guard operation(container_->operation);
  CloseLocked();
}

}  // namespace buoy::container
