#include "common/archive/whiteout.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/archive/rooted.h"
#include "common/unix/fd.h"

namespace buoy {

namespace {
constexpr char kOpaque[] = "trusted.overlay.opaque";

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
}  // namespace

bool IsOverlayWhiteout(const struct stat& info) {
  return S_ISCHR(info.st_mode) && info.st_rdev == ::makedev(0, 0);
}

Status MakeOverlayWhiteout(int folder_fd, const std::string& name) {
  if (::mknodat(folder_fd, name.c_str(), S_IFCHR, ::makedev(0, 0)) != 0) {
    return ErrnoError("mknod whiteout of " + name);
  }
  return Ok();
}

Status MarkFolderOpaque(int folder_fd) {
  // By path, since the descriptor may be O_PATH; a folder has nothing to follow.
  if (::setxattr(ProcFdPath(folder_fd).c_str(), kOpaque, "y", 1, 0) != 0) {
    return ErrnoError("setxattr " + std::string(kOpaque));
  }
  return Ok();
}

Status MarkOpaque(int parent_fd, const std::string& name) {
  Fd folder(::openat(parent_fd, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) return ErrnoError("open " + name);
  return MarkFolderOpaque(folder.get());
}

bool IsOpaque(int folder_fd) {
  char value = 0;
  return ::getxattr(ProcFdPath(folder_fd).c_str(), kOpaque, &value, 1) == 1 && value == 'y';
}

Result<std::vector<std::string>> ListFolder(int folder_fd) {
  Fd fd(::openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return ErrnoError("open");
  std::unique_ptr<DIR, CloseDir> dir(::fdopendir(fd.get()));
  if (!dir) return ErrnoError("opendir");
  fd.release();
  std::vector<std::string> names;
  while (dirent* entry = ::readdir(dir.get())) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace buoy
