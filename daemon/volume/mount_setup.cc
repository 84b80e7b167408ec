#include "daemon/volume/mount_setup.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "common/unix/cleanup.h"
#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::volume {
namespace {

// The folder or file below a volume, found without following any symlink the volume may hold.
Result<std::string> ResolveSubpath(const std::string& folder, const std::string& subpath) {
  Fd base(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base.valid()) return ErrnoError("open " + folder);
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  Fd found(static_cast<int>(syscall(SYS_openat2, base.get(), subpath.c_str(), &how, sizeof how)));
  if (!found.valid()) {
    return ErrnoError("cannot access path " + folder + "/" + subpath)
        .WithKind(ErrorKind::kInvalidArgument);
  }
  char path[PATH_MAX];
  std::string link = "/proc/self/fd/" + std::to_string(found.get());
  ssize_t length = readlink(link.c_str(), path, sizeof path - 1);
  if (length < 0) return ErrnoError("readlink " + link);
  return std::string(path, static_cast<size_t>(length));
}

std::string Bool(bool value) { return value ? "true" : "false"; }

Result<std::string> SetUpVolume(VolumeStore& store, const std::string& container_id,
                                const oci::MountPlan& mount) {
  BUOY_ASSIGN(std::string source, store.Mount(mount.name, container_id));
  if (!mount.subpath.empty()) {
    BUOY_ASSIGN(source, ResolveSubpath(source, mount.subpath));
  }
  store.Emit("mount", mount.name,
             {{"driver", mount.driver},
              {"container", container_id},
              {"destination", mount.destination},
              {"read/write", Bool(mount.rw)},
              {"propagation", mount.propagation}});
  return source;
}

Status SetUpBind(const oci::MountPlan& mount) {
  if (PathExists(mount.source)) return Ok();
  if (!mount.create_source) {
    return InvalidArgument("invalid mount config for type \"bind\": bind source path does not "
                           "exist: " +
                           mount.source);
  }
  BUOY_TRY_CONTEXT(MakeDirs(mount.source, 0755),
                   "error while creating mount source path '" + mount.source + "'");
  return Ok();
}

}  // namespace

Status CreateVolumes(VolumeStore& store, const std::string& container_id,
                     std::vector<oci::MountPlan>& mounts) {
  std::vector<std::string> anonymous;
  Cleanup undo([&] {
    store.Release(container_id);
    for (const auto& name : anonymous) (void)store.Remove(name, true).ok();
  });
  for (auto& mount : mounts) {
    if (mount.type != "volume") continue;
    CreateVolume request;
    request.name = mount.name;
    request.driver = mount.driver;
    request.options = mount.driver_opts;
    request.labels = mount.labels;
    request.reference = container_id;
    BUOY_ASSIGN(VolumeRecord record, store.Create(request));
    if (mount.name.empty()) anonymous.push_back(record.name);
    mount.name = record.name;
    mount.driver = record.driver;
    mount.source = store.Mountpoint(record.name);
  }
  undo.Release();
  return Ok();
}

Status PopulateVolumes(VolumeStore& store, const std::string& container_id, int root_fd,
                       const std::vector<oci::MountPlan>& mounts) {
  // Not the container's own reference: what it may have mounted must stay so.
  std::string reference = container_id + "/populate";
  for (const auto& mount : mounts) {
    if (mount.type != "volume" || !mount.copy_data || !mount.subpath.empty()) continue;
    BUOY_TRY(store.Mount(mount.name, reference));
    auto copied = store.CopyUp(mount.name, root_fd, mount.destination);
    auto unmounted = store.Unmount(mount.name, reference);
    BUOY_TRY(std::move(copied));
    BUOY_TRY(std::move(unmounted));
  }
  return Ok();
}

Result<std::vector<oci::MountPlan>> SetUpMounts(VolumeStore& store,
                                                const std::string& container_id,
                                                const std::vector<oci::MountPlan>& mounts) {
  std::vector<oci::MountPlan> ready = mounts;
  Cleanup undo([&] { (void)TearDownMounts(store, container_id, mounts).ok(); });
  for (auto& mount : ready) {
    if (mount.type == "volume") {
      BUOY_ASSIGN(mount.source, SetUpVolume(store, container_id, mount));
    } else if (mount.type == "bind") {
      BUOY_TRY(SetUpBind(mount));
    } else if (mount.type == "image" && !mount.subpath.empty()) {
      BUOY_ASSIGN(mount.source, ResolveSubpath(mount.source, mount.subpath));
    }
  }
  undo.Release();
  return ready;
}

Status TearDownMounts(VolumeStore& store, const std::string& container_id,
                      const std::vector<oci::MountPlan>& mounts) {
  Status first = Ok();
  for (const auto& mount : mounts) {
    if (mount.type != "volume") continue;
    auto done = store.Unmount(mount.name, container_id);
    if (first.ok() && !done.ok()) first = std::move(done);
    store.Emit("unmount", mount.name, {{"driver", mount.driver}, {"container", container_id}});
  }
  return first;
}

}  // namespace buoy::volume
