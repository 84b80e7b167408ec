#include "daemon/container/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/archive/compression.h"
#include "common/archive/pack.h"
#include "common/archive/rooted.h"
#include "common/archive/tar_writer.h"
#include "common/archive/unpack.h"
#include "common/gotime/time.h"
#include "common/unix/file.h"
#include "daemon/container/validate.h"
#include "daemon/oci/user.h"

namespace buoy::container {
namespace {

// A folder under which `path` is to be resolved, as if it were "/".
struct View {
  Fd root;
  std::string path;  // absolute, clean
  std::shared_ptr<storage::RootfsView> keep;
};

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

// A running container is seen with all its mounts through its init; one that does not run through
// the storage, or the volume or folder that would be mounted there.
Result<View> OpenView(Engine& engine, const ContainerData& data, const std::string& path) {
  View view;
  view.path = CleanPath("/" + path);
  if (IsRunning(data.state) && data.pid > 0) {
    auto root = Open("/proc/" + std::to_string(data.pid) + "/root", O_PATH | O_DIRECTORY);
    if (root.ok() && Pidfd::Open(data.pid, data.pid_start).ok()) {
      view.root = *std::move(root);
      return view;
    }
  }
  const oci::MountPlan* mount = CoveringMount(data, view.path);
  if (mount != nullptr && mount->type != "tmpfs" && !mount->source.empty()) {
    auto root = Open(mount->source, O_PATH | O_DIRECTORY);
    if (root.ok()) {
      view.root = *std::move(root);
      view.path = CleanPath("/" + view.path.substr(mount->destination.size()));
      return view;
    }
  }
  BUOY_ASSIGN(view.keep, engine.areas.storage.OpenRootfs(data.id));
  view.root = Fd(fcntl(view.keep->root_fd(), F_DUPFD_CLOEXEC, 0));
  return view;
}

Error Explain(Error error, const std::string& ref, const std::string& path) {
  if (error.sys_errno() == ENOENT || error.sys_errno() == ENOTDIR) {
    return NotFound("Could not find the file " + path + " in container " + ref);
  }
  return error;
}

std::string BaseName(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  size_t slash = trimmed.rfind('/');
  return trimmed == "/" ? "/" : trimmed.substr(slash == std::string::npos ? 0 : slash + 1);
}

// Go's os.FileMode.
uint32_t GoMode(mode_t mode) {
  uint32_t out = mode & 0777;
  if (mode & S_ISUID) out |= 1u << 23;
  if (mode & S_ISGID) out |= 1u << 22;
  if (mode & S_ISVTX) out |= 1u << 20;
  switch (mode & S_IFMT) {
    case S_IFDIR: return out | 1u << 31;
    case S_IFLNK: return out | 1u << 27;
    case S_IFIFO: return out | 1u << 25;
    case S_IFSOCK: return out | 1u << 24;
    case S_IFBLK: return out | 1u << 26;
    case S_IFCHR: return out | 1u << 26 | 1u << 21;
    default: return out;
  }
}

Result<types::PathStat> StatIn(const View& view, const std::string& asked) {
  const bool follow = !asked.empty() && asked.back() == '/';
  BUOY_ASSIGN(Fd file,
              OpenInRoot(view.root.get(), view.path, O_PATH | (follow ? 0 : O_NOFOLLOW)));
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return ErrnoError("stat " + view.path);
  types::PathStat out;
  out.name = BaseName(CleanPath("/" + asked));
  out.size = info.st_size;
  out.mode = GoMode(info.st_mode);
  out.mtime = gotime::FormatRfc3339Nano({info.st_mtim.tv_sec,
                                         static_cast<int32_t>(info.st_mtim.tv_nsec)});
  if (S_ISLNK(info.st_mode)) {
    char target[4096];
    ssize_t n = readlinkat(file.get(), "", target, sizeof target);
    std::string text(target, n > 0 ? static_cast<size_t>(n) : 0);
    std::string folder = asked.substr(0, asked.rfind('/') + 1);
    out.link_target = CleanPath(!text.empty() && text[0] == '/' ? text : "/" + folder + text);
  }
  return out;
}

Status PackPath(const View& view, const std::string& asked, TarWriter& writer) {
  Packer packer(writer, {});
  const bool content_only = asked.ends_with("/.") || view.path == "/";
  if (content_only) {
    BUOY_ASSIGN(Fd folder, OpenInRoot(view.root.get(), view.path, O_RDONLY | O_DIRECTORY));
    std::string base = BaseName(CleanPath("/" + asked));
    return packer.AddChildren(folder.get(), asked.ends_with("/.") || base == "/" ? "" : base);
  }
  size_t slash = view.path.rfind('/');
  BUOY_ASSIGN(Fd parent, OpenInRoot(view.root.get(), view.path.substr(0, slash + 1),
                                    O_RDONLY | O_DIRECTORY));
  return packer.AddEntry(parent.get(), view.path.substr(slash + 1),
                         BaseName(CleanPath("/" + asked)));
}

Status CheckWritable(const ContainerData& data, const std::string& path) {
  if (const auto* mount = CoveringMount(data, CleanPath("/" + path))) {
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
  BUOY_ASSIGN(View view, OpenView(engine, container->Snapshot(), path));
  auto stat = StatIn(view, path);
  if (!stat.ok()) return Explain(std::move(stat).error(), ref, path);
  return stat;
}

Status GetContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, api::Handover& client,
                           const std::function<void(const types::PathStat&)>& on_stat) {
  ContainerData data = container->Snapshot();
  BUOY_ASSIGN(View view, OpenView(engine, data, path));
  auto stat = StatIn(view, path);
  if (!stat.ok()) return Explain(std::move(stat).error(), ref, path);
  on_stat(*stat);
  BUOY_ASSIGN(ByteSink * body, client.Answer(api::StreamKind::kBodyRaw));
  BUOY_ASSIGN(auto writer, TarWriter::Open(*body));
  BUOY_TRY(PackPath(view, path, *writer));
  BUOY_TRY(writer->Finish());
  engine.Publish(data, "archive-path");
  return Ok();
}

Status PutContainerArchive(Engine& engine, const ContainerPtr& container, const std::string& ref,
                           const std::string& path, ByteSource& tar,
                           bool no_overwrite_dir_non_dir, bool copy_uid_gid) {
  ContainerData data = container->Snapshot();
  BUOY_ASSIGN(View view, OpenView(engine, data, path));
  auto folder = OpenInRoot(view.root.get(), view.path, O_PATH);
  if (!folder.ok()) return Explain(std::move(folder).error(), ref, path);
  struct stat info {};
  if (fstat(folder->get(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return InvalidArgument("extraction point is not a directory");
  }
  BUOY_TRY(CheckWritable(data, path));
  UnpackTarOptions options;
  options.base = view.path.substr(1);
  options.no_overwrite_dir_non_dir = no_overwrite_dir_non_dir;
  if (copy_uid_gid) {
    BUOY_ASSIGN(oci::ProcessUser user, oci::ResolveUser(view.root.get(), data.config.user, {}));
    options.owner = std::make_pair(user.uid, user.gid);
  }
  BUOY_ASSIGN(auto plain, NewDecompressor(tar));
  BUOY_TRY(UnpackTar(view.root.get(), *plain, options));
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
  BUOY_TRY_CONTEXT(engine.areas.storage.Export(data.id, *body),
                   "Error exporting container " + ref);
  engine.Publish(data, "export");
  return Ok();
}

}  // namespace buoy::container
