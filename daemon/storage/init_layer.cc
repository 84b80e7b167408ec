#include "daemon/storage/init_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "common/archive/rooted.h"
#include "common/unix/fd.h"

namespace buoy::storage {

namespace {

enum class Kind { kFolder, kFile, kLink };

struct Item {
  const char* path;
  Kind kind;
};

constexpr Item kItems[] = {
    {"dev/pts", Kind::kFolder}, {"dev/shm", Kind::kFolder},    {"proc", Kind::kFolder},
    {"sys", Kind::kFolder},     {".dockerenv", Kind::kFile},   {"etc/resolv.conf", Kind::kFile},
    {"etc/hosts", Kind::kFile}, {"etc/hostname", Kind::kFile}, {"dev/console", Kind::kFile},
    {"etc/mtab", Kind::kLink},
};

// The image has a file or a dangling link where a folder must be: shows at start, not at create.
Status IgnoreObstacle(const Error& error) {
  switch (error.sys_errno()) {
    case ENOTDIR:
    case ENOENT:
    case ELOOP:
      return Ok();
    default:
      return error;
  }
}

Status Make(int root_fd, const Item& item) {
  if (item.kind == Kind::kFolder) {
    auto folder = MakeDirsInRoot(root_fd, item.path);
    return folder.ok() ? Ok() : IgnoreObstacle(folder.error());
  }
  auto [parent, base] = SplitPath(item.path);
  auto folder = MakeDirsInRoot(root_fd, parent);
  if (!folder.ok()) return IgnoreObstacle(folder.error());
  const std::string name(base);
  if (item.kind == Kind::kLink) {
    if (::symlinkat("/proc/mounts", folder->get(), name.c_str()) != 0 && errno != EEXIST) {
      return ErrnoError(std::string("symlink /") + item.path);
    }
    return Ok();
  }
  Fd file(::openat(folder->get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755));
  if (!file && errno != EEXIST) return ErrnoError(std::string("open /") + item.path);
  if (file && ::fchmod(file.get(), 0755) != 0)
    return ErrnoError(std::string("chmod /") + item.path);
  return Ok();
}

}  // namespace

Status FillInitLayer(int root_fd) {
  for (const auto& item : kItems) BUOY_TRY_CONTEXT(Make(root_fd, item), "init layer");
  return Ok();
}

}  // namespace buoy::storage
