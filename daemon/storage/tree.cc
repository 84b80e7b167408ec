#include "daemon/storage/tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "common/archive/rooted.h"
#include "common/archive/whiteout.h"
#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::storage {

namespace {

Status AddSize(int folder_fd, std::set<std::pair<dev_t, ino_t>>* seen, int64_t* total) {
  BUOY_ASSIGN(auto names, ListFolder(folder_fd));
  for (const auto& name : names) {
    struct stat info;
    if (::fstatat(folder_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(info.st_mode)) {
      Fd child(::openat(folder_fd, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (child) BUOY_TRY(AddSize(child.get(), seen, total));
    } else if (S_ISREG(info.st_mode) || S_ISLNK(info.st_mode)) {
      if (info.st_nlink == 1 || seen->insert({info.st_dev, info.st_ino}).second) {
        *total += info.st_size;
      }
    }
  }
  return Ok();
}

}  // namespace

Status RemoveTree(const std::string& path) {
  auto [parent, name] = SplitPath(path);
  auto folder = Open(parent.empty() ? "/" : std::string(parent), O_PATH | O_DIRECTORY);
  if (!folder.ok()) return folder.error().sys_errno() == ENOENT ? Ok() : Status(folder.error());
  BUOY_TRY_CONTEXT(RemoveTreeAt(folder->get(), std::string(name)), path);
  return Ok();
}

Result<int64_t> TreeSize(const std::string& path) {
  BUOY_ASSIGN(Fd folder, Open(path, O_PATH | O_DIRECTORY));
  std::set<std::pair<dev_t, ino_t>> seen;
  int64_t total = 0;
  BUOY_TRY(AddSize(folder.get(), &seen, &total));
  return total;
}

Status SyncFileSystem(const std::string& path) {
  BUOY_ASSIGN(Fd folder, Open(path, O_RDONLY | O_DIRECTORY));
  if (::syncfs(folder.get()) != 0) return ErrnoError("syncfs " + path);
  return Ok();
}

Status SyncFolder(const std::string& path) {
  BUOY_ASSIGN(Fd folder, Open(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.get()) != 0) return ErrnoError("fsync " + path);
  return Ok();
}

Status CopyRootAttributes(const std::string& from, const std::string& to) {
  struct stat info;
  if (::stat(from.c_str(), &info) != 0) return ErrnoError("stat " + from);
  if (::chown(to.c_str(), info.st_uid, info.st_gid) != 0) return ErrnoError("chown " + to);
  if (::chmod(to.c_str(), info.st_mode & 07777) != 0) return ErrnoError("chmod " + to);
  timespec times[2] = {{0, UTIME_OMIT}, info.st_mtim};
  if (::utimensat(AT_FDCWD, to.c_str(), times, 0) != 0) return ErrnoError("utimes " + to);
  return Ok();
}

}  // namespace buoy::storage
