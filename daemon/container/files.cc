#include "daemon/container/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/archive/compression.h"
#include "common/archive/pack.h"
#include "common/archive/rooted.h"
#include "common/archive/tar_writer.h"
#include "common/archive/unpack.h"
#include "daemon/container/file_stat.h"
#include "daemon/container/file_view.h"
#include "daemon/container/validate.h"
#include "daemon/oci/user.h"

namespace buoy::container {
namespace {

// The longest mount that covers `path`; null = none.
const oci::MountPlan* CoveringMount(const ContainerData& data, const std::string& path) {
  const oci::MountPlan* best = nullptr;
  for (const auto& mount : data.mounts) {
    const std::string& at = mount.destination;
    bool covers = path == at || path.rfind(at == "/" ? at : at + "/", 0) == 0;
    if (covers && (best == nullptr || at.size() > best->destination.size())) best = &mount;
  }
  return best;
}

Error Explain(Error error, const std::string& ref, const std::string& path) {
  if (error.sys_errno() == ENOENT) {
    return NotFound("Could not find the file " + path + " in container " + ref);
  }
  return error;
}

Status PackPath(int root_fd, const std::string& asked, const types::PathStat& stat,
                TarWriter& writer) {
  Packer packer(writer, {});
  if (IsFolder(stat)) {
    BUOY_ASSIGN(Fd folder, OpenInRoot(root_fd, asked, O_RDONLY | O_DIRECTORY));
    return packer.AddFolderAs(folder.get(), stat.name);
  }
  const size_t slash = asked.rfind('/');
  BUOY_ASSIGN(Fd parent, OpenInRoot(root_fd, asked.substr(0, slash + 1), O_RDONLY | O_DIRECTORY));
  return packer.AddEntry(parent.get(), stat.name, stat.name);
}

// `path` as it is in the container, without symlinks.
Status CheckWritable(const ContainerData& data, const std::string& path) {
  if (const auto* mount = CoveringMount(data, path)) {
    return mount->rw ? Ok() : InvalidArgument("mounted volume is marked read-only");
  }
  if (data.host_config.readonly_rootfs) {
    return InvalidArgument("container rootfs is marked read-only");
  }
  return Ok();
}

}  // namespace

Result<types::PathStat> StatContainerPath(Engine& engine, const ContainerPtr& container,
                                          const std::string& ref, const std::string& path) {
  BUOY_ASSIGN(auto view, FileView::Open(engine, container));
  auto stat = StatInRoot(view->root_fd(), AskedPath(path));
  if (!stat.ok()) return Explain(std::move(stat).error(), ref, path);
  return stat;
}

Status GetContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, api::Handover& client,
                           const std::function<void(const types::PathStat&)>& on_stat) {
  BUOY_ASSIGN(auto view, FileView::Open(engine, container));
  const std::string asked = AskedPath(path);
  auto stat = StatInRoot(view->root_fd(), asked);
  if (!stat.ok()) return Explain(std::move(stat).error(), ref, path);
  on_stat(*stat);
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyRaw));
  BUOY_ASSIGN(auto writer, TarWriter::Open(*body));
  BUOY_TRY(PackPath(view->root_fd(), asked, *stat, *writer));
  BUOY_TRY(writer->Finish());
  engine.Publish(view->data(), "archive-path");
  return Ok();
}

Status PutContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, ByteSource& tar, bool no_overwrite_dir_non_dir,
                           bool copy_uid_gid) {
  BUOY_ASSIGN(auto view, FileView::Open(engine, container));
  const ContainerData& data = view->data();
  const std::string asked = CleanPath("/" + path);
  auto folder = OpenInRoot(view->root_fd(), asked, O_PATH);
  if (!folder.ok()) {
    return Explain(ErrnoError("lstat " + asked, folder.error().sys_errno()), ref, path);
  }
  struct stat info {};
  if (fstat(folder->get(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return InvalidArgument("extraction point is not a directory");
  }
  BUOY_ASSIGN(std::string resolved, PathInRoot(view->root_fd(), folder->get()));
  BUOY_TRY(CheckWritable(data, resolved));
  UnpackTarOptions options;
  options.base = resolved.substr(1);
  options.no_overwrite_dir_non_dir = no_overwrite_dir_non_dir;
  if (copy_uid_gid && !data.config.user.empty()) {
    BUOY_ASSIGN(oci::ProcessUser user, oci::ResolveUser(view->root_fd(), data.config.user, {}));
    options.owner = std::make_pair(user.uid, user.gid);
  }
  BUOY_ASSIGN(auto plain, NewDecompressor(tar));
  BUOY_TRY(UnpackTar(view->root_fd(), *plain, options));
  engine.Publish(data, "extract-to-dir");
  return Ok();
}

Result<std::vector<types::FilesystemChange>> ChangesOf(Engine& engine,
                                                       const ContainerPtr& container) {
  BUOY_ASSIGN(auto changes, engine.areas.storage.Changes(container->id));
  std::vector<types::FilesystemChange> out;
  for (const auto& change : changes) out.push_back({static_cast<int>(change.kind), change.path});
  return out;
}

Status ExportContainer(Engine& engine, const ContainerPtr& container, const std::string& ref,
                       api::Handover& client) {
  ContainerData data = container->Snapshot();
  if (data.state == State::kDead) {
    return Conflict("You cannot export container " + data.id + " which is Dead");
  }
  if (data.state == State::kRemoving) {
    return Conflict("You cannot export container " + data.id + " which is being removed");
  }
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyRaw));
  BUOY_TRY_CONTEXT(engine.areas.storage.Export(data.id, *body), "Error exporting container " + ref);
  engine.Publish(data, "export");
  return Ok();
}

}  // namespace buoy::container
