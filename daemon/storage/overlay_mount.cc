#include "daemon/storage/overlay_mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/rooted.h"
#include "common/unix/file.h"

namespace buoy::storage {

namespace {

// Fixed, so that a layer means the same on every kernel configuration: no inode index, no metadata-
// only copies, no renames by redirection (they would not fit into a layer tar).
constexpr const char* kFeatures[] = {"index", "metacopy", "redirect_dir"};

// The kernel takes at most this many bytes per option value.
constexpr size_t kMaxValue = 255;

Status SetPath(int fs, const char* key, const std::string& path) {
  if (path.size() <= kMaxValue) {
    if (::fsconfig(fs, FSCONFIG_SET_STRING, key, path.c_str(), 0) != 0) return ErrnoError(key);
    return Ok();
  }
  BUOY_ASSIGN(Fd folder, Open(path, O_PATH | O_DIRECTORY));
  if (::fsconfig(fs, FSCONFIG_SET_STRING, key, ProcFdPath(folder.get()).c_str(), 0) != 0) {
    return ErrnoError(key);
  }
  return Ok();
}

// The error's errno is EINVAL, ENOSYS or EPERM where the kernel cannot do it this way.
Result<Fd> ByNewApi(const OverlaySpec& spec) {
  Fd fs(::fsopen("overlay", FSOPEN_CLOEXEC));
  if (!fs) return ErrnoError("fsopen overlay");
  ::fsconfig(fs.get(), FSCONFIG_SET_STRING, "source", "overlay", 0);
  for (const auto& lower : spec.lowers) BUOY_TRY(SetPath(fs.get(), "lowerdir+", lower));
  if (!spec.upper.empty()) {
    BUOY_TRY(SetPath(fs.get(), "upperdir", spec.upper));
    BUOY_TRY(SetPath(fs.get(), "workdir", spec.work));
  }
  for (const char* feature : kFeatures) {  // older kernels do not know all of them
    ::fsconfig(fs.get(), FSCONFIG_SET_STRING, feature, "off", 0);
  }
  if (::fsconfig(fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return ErrnoError("mount overlay");
  }
  Fd mount(::fsmount(fs.get(), FSMOUNT_CLOEXEC, 0));
  if (!mount) return ErrnoError("fsmount overlay");
  return mount;
}

bool HasFeature(const char* feature) {
  return PathExists(std::string("/sys/module/overlay/parameters/") + feature);
}

// mount(2) takes one page of options: the layers are named by short descriptor paths.
Status ByMount(const OverlaySpec& spec, const std::string& target) {
  std::vector<Fd> fds;
  std::string error;
  auto shorten = [&](const std::string& path) {
    Fd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::string name = ProcFdPath(fd.get());
    fds.push_back(std::move(fd));
    return name;
  };
  std::string options = "lowerdir=";
  for (const auto& lower : spec.lowers) {
    if (!fds.empty()) options += ':';
    options += shorten(lower);
  }
  if (!spec.upper.empty()) {
    options += ",upperdir=" + shorten(spec.upper) + ",workdir=" + shorten(spec.work);
  }
  for (const char* feature : kFeatures) {
    if (HasFeature(feature)) options += std::string(",") + feature + "=off";
  }
  if (::mount("overlay", target.c_str(), "overlay", 0, options.c_str()) != 0) {
    return ErrnoError("error creating overlay mount to " + target);
  }
  return Ok();
}

bool IsUnsupported(const Error& error) {
  return error.sys_errno() == EINVAL || error.sys_errno() == ENOSYS || error.sys_errno() == EPERM;
}

}  // namespace

Result<Fd> NewDetachedOverlay(const OverlaySpec& spec, const std::string& scratch) {
  auto mount = ByNewApi(spec);
  if (mount.ok() || !IsUnsupported(mount.error())) return mount;
  BUOY_TRY(ByMount(spec, scratch));
  auto fd = Open(scratch, O_PATH | O_DIRECTORY);
  BUOY_TRY(DetachMount(scratch));
  return fd;
}

Status AttachMount(int mount_fd, const std::string& target) {
  if (::move_mount(mount_fd, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return ErrnoError("error creating overlay mount to " + target);
  }
  return Ok();
}

Status MountOverlay(const OverlaySpec& spec, const std::string& target) {
  auto mount = ByNewApi(spec);
  if (mount.ok()) return AttachMount(mount->get(), target);
  if (!IsUnsupported(mount.error())) {
    return std::move(mount).error().Context("error creating overlay mount to " + target);
  }
  return ByMount(spec, target);
}

Status DetachMount(const std::string& target) {
  while (::umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
  }
  if (errno == EINVAL || errno == ENOENT) return Ok();
  return ErrnoError("unmount " + target);
}

bool IsMountPoint(const std::string& folder) {
  struct statx self;
  if (::statx(AT_FDCWD, folder.c_str(), AT_SYMLINK_NOFOLLOW, 0, &self) != 0) return false;
  // A bind mount is of the same device as its parent; kernels before 5.8 do not tell more.
  if ((self.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0) {
    return (self.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  }
  struct stat info, parent;
  return ::lstat(folder.c_str(), &info) == 0 && ::lstat((folder + "/..").c_str(), &parent) == 0 &&
         info.st_dev != parent.st_dev;
}

}  // namespace buoy::storage
