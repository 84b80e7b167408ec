#include "common/archive/entry_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/rooted.h"
#include "common/unix/fd.h"

namespace buoy {

namespace {

// Attributes with which an archive could steer overlayfs (redirects, opaque marks, metacopy).
bool IsForbidden(const std::string& xattr) { return xattr.starts_with("trusted.overlay."); }

Status PwriteAll(int fd, std::string_view data, uint64_t offset) {
  while (!data.empty()) {
    ssize_t n = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return ErrnoError("write");
    data.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return Ok();
}

}  // namespace

Status EntryWriter::WriteFile(TarReader& reader, uint64_t max_bytes) {
  Fd fd(::openat(folder_fd_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                 0600));
  if (!fd) return ErrnoError("open " + entry_.path);
  BUOY_TRY_CONTEXT(CopyData(fd.get(), reader, max_bytes), entry_.path);
  BUOY_TRY(SetMetadata(fd.get()));
  timespec times[2] = {{0, UTIME_OMIT}, entry_.mtime};
  if (::futimens(fd.get(), times) != 0) return ErrnoError("utimes " + entry_.path);
  return Ok();
}

Status EntryWriter::CopyData(int fd, TarReader& reader, uint64_t max_bytes) {
  uint64_t written = 0;
  for (;;) {
    std::string_view data;
    uint64_t offset;
    BUOY_ASSIGN(bool more, reader.ReadBlock(&data, &offset));
    if (!more) break;
    written += data.size();
    if (max_bytes != 0 && written > max_bytes) return InvalidArgument("archive is too large");
    if (offset > entry_.size || data.size() > entry_.size - offset) {
      return InvalidArgument("archive/tar: invalid tar header");
    }
    BUOY_TRY(PwriteAll(fd, data, offset));
  }
  // A hole at the end.
  struct stat info;
  if (::fstat(fd, &info) != 0) return ErrnoError("stat");
  if (static_cast<uint64_t>(info.st_size) < entry_.size &&
      ::ftruncate(fd, static_cast<off_t>(entry_.size)) != 0) {
    return ErrnoError("truncate");
  }
  return Ok();
}

Status EntryWriter::MakeFolder() {
  if (::mkdirat(folder_fd_, name_.c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoError("mkdir " + entry_.path);
  }
  Fd fd(::openat(folder_fd_, name_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return ErrnoError("open " + entry_.path);
  return SetMetadata(fd.get());
}

Status EntryWriter::MakeSymlink() {
  if (::symlinkat(entry_.link_target.c_str(), folder_fd_, name_.c_str()) != 0) {
    return ErrnoError("symlink " + entry_.path);
  }
  BUOY_TRY(SetOwnerAndXattrs(/*symlink=*/true));
  return SetTime(folder_fd_, name_, entry_.mtime);
}

Status EntryWriter::MakeNode() {
  mode_t type = entry_.type == TarType::kFifo         ? S_IFIFO
                : entry_.type == TarType::kCharDevice ? S_IFCHR
                                                      : S_IFBLK;
  dev_t device = type == S_IFIFO ? 0 : ::makedev(entry_.device_major, entry_.device_minor);
  if (::mknodat(folder_fd_, name_.c_str(), type | 0600, device) != 0) {
    return ErrnoError("mknod " + entry_.path);
  }
  BUOY_TRY(SetOwnerAndXattrs(/*symlink=*/false));
  // chmod by the inode that was made: the name could be a symlink by now.
  Fd fd(::openat(folder_fd_, name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info;
  if (!fd || ::fstat(fd.get(), &info) != 0) return ErrnoError("open " + entry_.path);
  if ((info.st_mode & S_IFMT) != type) return ErrnoError("open " + entry_.path, EBUSY);
  if (::chmod(ProcFdPath(fd.get()).c_str(), entry_.mode) != 0) {
    return ErrnoError("chmod " + entry_.path);
  }
  return SetTime(folder_fd_, name_, entry_.mtime);
}

Status EntryWriter::SetMetadata(int fd) {
  if (::fchown(fd, entry_.uid, entry_.gid) != 0) return ErrnoError("lchown " + entry_.path);
  if (::fchmod(fd, entry_.mode) != 0) return ErrnoError("chmod " + entry_.path);
  for (const auto& [name, value] : entry_.xattrs) {
    if (IsForbidden(name)) continue;
    if (::fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) != 0 && errno != ENOTSUP) {
      return ErrnoError("xattr " + name + " of " + entry_.path);
    }
  }
  return Ok();
}

Status EntryWriter::SetOwnerAndXattrs(bool symlink) {
  if (::fchownat(folder_fd_, name_.c_str(), entry_.uid, entry_.gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoError("lchown " + entry_.path);
  }
  const std::string path = ProcFdPath(folder_fd_) + "/" + name_;
  for (const auto& [name, value] : entry_.xattrs) {
    if (IsForbidden(name) || (symlink && name.starts_with("user."))) continue;
    if (::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0 &&
        errno != ENOTSUP) {
      return ErrnoError("xattr " + name + " of " + entry_.path);
    }
  }
  return Ok();
}

Status EntryWriter::SetTime(int folder_fd, const std::string& name, const timespec& mtime) {
  timespec times[2] = {{0, UTIME_OMIT}, mtime};
  if (::utimensat(folder_fd, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT) {
    return ErrnoError("utimes " + name);
  }
  return Ok();
}

}  // namespace buoy
