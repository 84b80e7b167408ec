#include "common/archive/rooted.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace buoy {

namespace {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Removes a tree with a bounded number of descriptors however deep it is: what lies deeper than
// kMaxDepth is first moved up into the tree's top folder.
class TreeRemover {
 public:
  TreeRemover(int top_fd, dev_t device) : top_fd_(top_fd), device_(device) {}

  Status Run() {
    do {
      moved_ = false;
      Fd again(::openat(top_fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!again) return ErrnoError("open");
      BUOY_TRY(Empty(std::move(again), 0));
    } while (moved_);
    return Ok();
  }

 private:
  static constexpr int kMaxDepth = 64;

  Status Empty(Fd folder, int depth) {
    std::unique_ptr<DIR, CloseDir> dir(::fdopendir(folder.get()));
    if (!dir) return ErrnoError("opendir");
    int fd = folder.release();
    while (dirent* entry = ::readdir(dir.get())) {
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat info;
      if (::fstatat(fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
      BUOY_TRY(RemoveEntry(fd, name, info, depth));
    }
    return Ok();
  }

  Status RemoveEntry(int fd, const std::string& name, const struct stat& info, int depth) {
    if (!S_ISDIR(info.st_mode)) return Unlink(fd, name, 0);
    if (info.st_dev != device_) return ErrnoError("unlinkat " + name, EBUSY);
    if (depth >= kMaxDepth) {
      moved_ = true;
      std::string up = ".buoy-remove-" + std::to_string(counter_++);
      if (::renameat(fd, name.c_str(), top_fd_, up.c_str()) == 0) return Ok();
      return ErrnoError("rename " + name);
    }
    Fd child(::openat(fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!child) return ErrnoError("open " + name);
    BUOY_TRY(Empty(std::move(child), depth + 1));
    return Unlink(fd, name, AT_REMOVEDIR);
  }

  static Status Unlink(int fd, const std::string& name, int flags) {
    if (::unlinkat(fd, name.c_str(), flags) == 0 || errno == ENOENT) return Ok();
    return ErrnoError("unlinkat " + name);
  }

  int top_fd_;
  dev_t device_;
  bool moved_ = false;
  int counter_ = 0;
};

}  // namespace

Result<Fd> OpenInRoot(int root_fd, std::string_view path, int flags, mode_t mode) {
  while (path.starts_with('/')) path.remove_prefix(1);
  std::string name(path.empty() ? "." : path);
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    long fd = ::syscall(SYS_openat2, root_fd, name.c_str(), &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    // EAGAIN: a rename raced with the resolution of "..".
    if (errno != EINTR && errno != EAGAIN) return ErrnoError("open /" + std::string(path));
  }
}

Result<Fd> MakeDirsInRoot(int root_fd, std::string_view path, std::vector<std::string>* created) {
  auto whole = OpenInRoot(root_fd, path, O_PATH | O_DIRECTORY);
  if (whole.ok() || whole.error().sys_errno() != ENOENT) return whole;
  std::string clean;
  if (!CleanRelative(path, &clean)) return ErrnoError("mkdir /" + std::string(path), EINVAL);
  BUOY_ASSIGN(Fd parent, OpenInRoot(root_fd, "", O_PATH | O_DIRECTORY));
  for (size_t at = 0; at < clean.size();) {
    size_t end = std::min(clean.find('/', at), clean.size());
    std::string name = clean.substr(at, end - at), prefix = clean.substr(0, end);
    auto next = OpenInRoot(root_fd, prefix, O_PATH | O_DIRECTORY);
    if (!next.ok() && next.error().sys_errno() == ENOENT) {
      if (::mkdirat(parent.get(), name.c_str(), 0755) == 0) {
        if (created != nullptr) created->push_back(prefix);
      } else if (errno != EEXIST) {
        return ErrnoError("mkdir /" + prefix);
      }
      next = OpenInRoot(root_fd, prefix, O_PATH | O_DIRECTORY);
    }
    if (!next.ok()) return std::move(next).error();
    parent = std::move(*next);
    at = end + 1;
  }
  return parent;
}

bool CleanRelative(std::string_view path, std::string* clean) {
  clean->clear();
  while (!path.empty()) {
    size_t end = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (clean->empty()) return false;
      size_t slash = clean->rfind('/');
      clean->resize(slash == std::string::npos ? 0 : slash);
      continue;
    }
    if (!clean->empty()) *clean += '/';
    *clean += part;
  }
  return true;
}

std::pair<std::string_view, std::string_view> SplitPath(std::string_view clean) {
  size_t slash = clean.rfind('/');
  if (slash == std::string_view::npos) return {"", clean};
  return {clean.substr(0, slash), clean.substr(slash + 1)};
}

Status RemoveTreeAt(int folder_fd, const std::string& name) {
  struct stat info;
  if (::fstatat(folder_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Ok() : Status(ErrnoError("lstat " + name));
  }
  if (S_ISDIR(info.st_mode)) {
    Fd folder(::openat(folder_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder) return ErrnoError("open " + name);
    BUOY_TRY(TreeRemover(folder.get(), info.st_dev).Run());
  }
  if (::unlinkat(folder_fd, name.c_str(), S_ISDIR(info.st_mode) ? AT_REMOVEDIR : 0) != 0 &&
      errno != ENOENT) {
    return ErrnoError("unlinkat " + name);
  }
  return Ok();
}

std::string ProcFdPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace buoy
