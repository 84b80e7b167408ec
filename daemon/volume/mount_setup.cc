#include "daemon/volume/mount_setup.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/whiteout.h"
#include "common/unix/cleanup.h"
#include "common/unix/fd.h"
#include "common/unix/file.h"
#include "common/unix/mount_tree.h"
#include "daemon/volume/mount_options.h"

namespace buoy::volume {
namespace {

Error NotAccessible(const std::string& path, int error) {
  return ErrnoError("cannot access path " + path, error).WithKind(ErrorKind::kNotFound);
}

// The file or folder below a volume or image, opened so that no symlink in there leads out of it,
// also not one that is swapped in meanwhile.
Result<Fd> OpenBelow(const std::string& folder, const std::string& subpath) {
  Fd base(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base.valid()) return NotAccessible(folder, errno);
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    Fd found(static_cast<int>(syscall(SYS_openat2, base.get(), subpath.c_str(), &how, sizeof how)));
    if (found.valid()) return found;
    if (errno == EINTR || errno == EAGAIN) continue;
    if (errno != EXDEV) return NotAccessible(folder + "/" + subpath, errno);
    return InvalidArgument("path concatenation escapes the base directory, base: " + folder +
                           ", subpath: " + subpath);
  }
}

// Mounts a tree on `pin`, a file or folder to match. A pin of before stays: it is in use.
Status Pin(int tree, const std::string& pin) {
  struct stat info {};
  if (fstat(tree, &info) != 0) return ErrnoError("stat " + pin);
  BUOY_TRY(MakeDirs(pin.substr(0, pin.rfind('/')), 0700));
  if (S_ISDIR(info.st_mode)) {
    BUOY_TRY(MakeDirs(pin, 0700));
  } else {
    BUOY_TRY(Open(pin, O_WRONLY | O_CREAT, 0600));
  }
  BUOY_ASSIGN(Fd target, Open(pin, O_PATH | O_NOFOLLOW));
  return AttachTree(tree, target.get());
}

Result<std::string> PinBelow(const std::string& folder, const std::string& subpath,
                             const std::string& pin) {
  if (IsMountPoint(pin)) return pin;
  BUOY_ASSIGN(Fd found, OpenBelow(folder, subpath));
  BUOY_ASSIGN_CONTEXT(Fd tree, CloneTree(found.get()), "failed to mount resolved path");
  BUOY_TRY_CONTEXT(Pin(tree.get(), pin), "failed to mount resolved path");
  return pin;
}

Result<std::string> SetUpImage(const MountScope& scope, const oci::MountPlan& mount,
                               const std::string& pin) {
  if (!IsMountPoint(pin)) {
    BUOY_ASSIGN(Fd tree, scope.storage->OpenLayer(mount.chain_id));
    BUOY_TRY_CONTEXT(Pin(tree.get(), pin), "failed to mount image " + mount.name);
  }
  if (mount.subpath.empty()) return pin;
  return PinBelow(pin, mount.subpath, pin + "-sub");
}

std::string Bool(bool value) { return value ? "true" : "false"; }

Result<std::string> SetUpVolume(const MountScope& scope, const oci::MountPlan& mount,
                                const std::string& pin) {
  BUOY_ASSIGN(std::string source, scope.volumes.Mount(mount.name, scope.container_id));
  if (!mount.subpath.empty()) {
    BUOY_ASSIGN(source, PinBelow(source, mount.subpath, pin));
  }
  if (scope.for_a_look) return source;
  scope.volumes.Emit("mount", mount.name,
                     {{"driver", mount.driver},
                      {"container", scope.container_id},
                      {"destination", mount.destination},
                      {"read/write", Bool(mount.rw)},
                      {"propagation", mount.propagation}});
  return source;
}

Status SetUpBind(const oci::MountPlan& mount) {
  if (PathExists(mount.source)) return Ok();
  if (!mount.create_source) {
    return InvalidArgument(
        "invalid mount config for type \"bind\": bind source path does not "
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
    mount.source =
        record.driver == "local" ? store.Mountpoint(record.name) : std::move(record.mountpoint);
    if (record.driver != "local" && mount.mode == "z") mount.mode.clear();
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
    BUOY_ASSIGN(std::string folder, store.Mount(mount.name, reference));
    auto copied = VolumeStore::CopyUp(folder, root_fd, mount.destination);
    auto unmounted = store.Unmount(mount.name, reference);
    BUOY_TRY(std::move(copied));
    BUOY_TRY(std::move(unmounted));
  }
  return Ok();
}

Result<std::vector<oci::MountPlan>> SetUpMounts(const MountScope& scope,
                                                const std::vector<oci::MountPlan>& mounts) {
  std::vector<oci::MountPlan> ready = mounts;
  Cleanup undo([&] {
    if (!scope.for_a_look) (void)TearDownMounts(scope, mounts).ok();
  });
  for (size_t i = 0; i < ready.size(); ++i) {
    oci::MountPlan& mount = ready[i];
    const std::string pin = scope.pins + "/" + std::to_string(i);
    if (mount.type == "volume") {
      BUOY_ASSIGN(mount.source, SetUpVolume(scope, mount, pin));
    } else if (mount.type == "bind") {
      BUOY_TRY(SetUpBind(mount));
    } else if (mount.type == "image") {
      BUOY_ASSIGN(mount.source, SetUpImage(scope, mount, pin));
    }
  }
  undo.Release();
  return ready;
}

Status TearDownMounts(const MountScope& scope, const std::vector<oci::MountPlan>& mounts) {
  Status first = DropPins(scope.pins);
  for (const auto& mount : mounts) {
    if (mount.type != "volume") continue;
    auto done = scope.volumes.Unmount(mount.name, scope.container_id);
    if (first.ok() && !done.ok()) first = std::move(done);
    if (scope.for_a_look) continue;
    scope.volumes.Emit("unmount", mount.name,
                       {{"driver", mount.driver}, {"container", scope.container_id}});
  }
  return first;
}

Status DropPins(const std::string& pins) {
  auto folder = Open(pins, O_PATH | O_DIRECTORY);
  if (!folder.ok()) return folder.error().sys_errno() == ENOENT ? Ok() : Status(folder.error());
  BUOY_ASSIGN(auto names, ListFolder(folder->get()));
  for (const auto& name : names) {
    const std::string pin = pins + "/" + name;
    while (umount2(pin.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
    }
    if (errno != EINVAL && errno != ENOENT) return ErrnoError("unmount " + pin);
    if (rmdir(pin.c_str()) != 0 && unlink(pin.c_str()) != 0 && errno != ENOENT) {
      return ErrnoError("remove " + pin);
    }
  }
  rmdir(pins.c_str());
  return Ok();
}

}  // namespace buoy::volume
