#include "daemon/container/file_stat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/archive/rooted.h"
#include "common/gotime/time.h"
#include "common/unix/fd.h"
#include "daemon/container/validate.h"

namespace buoy::container {
namespace {

constexpr int kMaxLinks = 255;

// Go's os.FileMode.
uint32_t GoMode(mode_t mode) {
  uint32_t out = mode & 0777;
  if (mode & S_ISUID) out |= 1u << 23;
  if (mode & S_ISGID) out |= 1u << 22;
  if (mode & S_ISVTX) out |= 1u << 20;
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return out | 1u << 31;
    case S_IFLNK:
      return out | 1u << 27;
    case S_IFIFO:
      return out | 1u << 25;
    case S_IFSOCK:
      return out | 1u << 24;
    case S_IFBLK:
      return out | 1u << 26;
    case S_IFCHR:
      return out | 1u << 26 | 1u << 21;
    default:
      return out;
  }
}

Result<std::string> ReadLink(int folder_fd, const std::string& name) {
  std::string target(4096, '\0');
  ssize_t length = readlinkat(folder_fd, name.c_str(), target.data(), target.size());
  if (length < 0) return ErrnoError("readlink " + name);
  target.resize(static_cast<size_t>(length));
  return target;
}

std::string ParentOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

// The chain of links that starts at `path`, to its end or to where something is missing.
std::string FollowLinks(int root_fd, std::string path) {
  for (int i = 0; i < kMaxLinks; ++i) {
    if (auto end = OpenInRoot(root_fd, path, O_PATH); end.ok()) {
      return PathInRoot(root_fd, end->get()).value_or(path);
    }
    auto parent = OpenInRoot(root_fd, ParentOf(path), O_PATH | O_DIRECTORY);
    if (!parent.ok()) return path;
    const std::string name = path.substr(path.rfind('/') + 1);
    const std::string folder = PathInRoot(root_fd, parent->get()).value_or(ParentOf(path));
    auto target = ReadLink(parent->get(), name);
    if (!target.ok()) return CleanPath(folder + "/" + name);
    path = CleanPath(target->starts_with("/") ? *target : folder + "/" + *target);
  }
  return path;
}

}  // namespace

std::string AskedPath(const std::string& path) {
  std::string clean = CleanPath("/" + path);
  const bool is_content = path == "." || path.ends_with("/.");
  if (is_content) return clean + (clean == "/" ? "." : "/.");
  if (path.ends_with("/") && clean != "/") clean += "/";
  return clean;
}

std::string BaseName(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  return trimmed == "/" ? "/" : trimmed.substr(trimmed.rfind('/') + 1);
}

Result<std::string> PathInRoot(int root_fd, int fd) {
  BUOY_ASSIGN(std::string root, ReadLink(AT_FDCWD, ProcFdPath(root_fd)));
  BUOY_ASSIGN(std::string path, ReadLink(AT_FDCWD, ProcFdPath(fd)));
  if (root != "/" && path.starts_with(root)) path.erase(0, root.size());
  return path.empty() ? "/" : path;
}

Result<types::PathStat> StatInRoot(int root_fd, const std::string& asked) {
  auto file = OpenInRoot(root_fd, asked, O_PATH | O_NOFOLLOW);
  if (!file.ok()) return ErrnoError("lstat " + asked, file.error().sys_errno());
  struct stat info {};
  if (fstat(file->get(), &info) != 0) return ErrnoError("lstat " + asked);
  types::PathStat out;
  out.name = BaseName(asked);
  out.size = info.st_size;
  out.mode = GoMode(info.st_mode);
  out.mtime =
      gotime::FormatRfc3339Nano({info.st_mtim.tv_sec, static_cast<int32_t>(info.st_mtim.tv_nsec)});
  if (S_ISLNK(info.st_mode)) out.link_target = FollowLinks(root_fd, asked);
  return out;
}

}  // namespace buoy::container
