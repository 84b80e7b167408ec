#include "daemon/volume/copy_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::volume {
namespace {

constexpr int kMaxDepth = 512;

Result<std::vector<std::string>> Names(int folder) {
  Fd copy(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!copy.valid()) return ErrnoError("open folder");
  std::unique_ptr<DIR, int (*)(DIR*)> dir(fdopendir(copy.get()), closedir);
  if (!dir) return ErrnoError("read folder");
  copy.release();
  std::vector<std::string> names;
  while (dirent* entry = readdir(dir.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

Status CopyXattrs(int from, int to) {
  char names[65536];
  ssize_t length = flistxattr(from, names, sizeof names);
  if (length <= 0) return Ok();  // none, or a file system without
  for (char* name = names; name < names + length; name += std::string_view(name).size() + 1) {
    std::string value(65536, '\0');
    ssize_t size = fgetxattr(from, name, value.data(), value.size());
    if (size < 0) continue;
    if (fsetxattr(to, name, value.data(), static_cast<size_t>(size), 0) != 0 && errno != ENOTSUP) {
      return ErrnoError(std::string("setxattr ") + name);
    }
  }
  return Ok();
}

Status CopyBytes(int from, int to) {
  while (true) {
    ssize_t n = copy_file_range(from, nullptr, to, nullptr, 1u << 30, 0);
    if (n == 0) return Ok();
    if (n > 0) continue;
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
      return ErrnoError("copy file");
    }
    break;
  }
  std::string buffer(1u << 18, '\0');
  while (true) {
    ssize_t n = read(from, buffer.data(), buffer.size());
    if (n == 0) return Ok();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("read file");
    BUOY_TRY(WriteAll(to, std::string_view(buffer.data(), static_cast<size_t>(n))));
  }
}

// Owner before mode: chown clears the set-id bits.
Status CopyAttributes(int from, int to, const struct stat& info) {
  if (fchown(to, info.st_uid, info.st_gid) != 0) return ErrnoError("chown");
  BUOY_TRY(CopyXattrs(from, to));
  if (fchmod(to, info.st_mode & 07777) != 0) return ErrnoError("chmod");
  timespec times[2] = {info.st_atim, info.st_mtim};
  if (futimens(to, times) != 0) return ErrnoError("utimens");
  return Ok();
}

class Copier {
 public:
  explicit Copier(int root) : root_(root) {}

  Status Folder(int from, int to, const std::string& path, int depth) {
    if (depth > kMaxDepth) return Internal("folders are nested too deeply: " + path);
    BUOY_ASSIGN(auto names, Names(from));
    for (const auto& name : names) {
      std::string below = path.empty() ? name : path + "/" + name;
      auto copied = Entry(from, to, name, below, depth);
      if (!copied.ok()) return copied.error().Context("copy " + below);
    }
    struct stat info {};
    if (fstat(from, &info) != 0) return ErrnoError("stat");
    return CopyAttributes(from, to, info);
  }

 private:
  Status Entry(int from, int to, const std::string& name, const std::string& path, int depth) {
    struct stat info {};
    if (fstatat(from, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return ErrnoError("stat");
    if (S_ISDIR(info.st_mode)) {
      if (mkdirat(to, name.c_str(), 0700) != 0) return ErrnoError("mkdir");
      Fd source(openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      Fd target(openat(to, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!source.valid() || !target.valid()) return ErrnoError("open");
      return Folder(source.get(), target.get(), path, depth + 1);
    }
    if (info.st_nlink > 1) {
      auto [first, is_new] = links_.try_emplace({info.st_dev, info.st_ino}, path);
      if (!is_new) {
        if (linkat(root_, first->second.c_str(), to, name.c_str(), 0) != 0) {
          return ErrnoError("link");
        }
        return Ok();
      }
    }
    if (S_ISREG(info.st_mode)) return File(from, to, name, info);
    return Special(from, to, name, info);
  }

  static Status File(int from, int to, const std::string& name, const struct stat& info) {
    Fd source(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source.valid()) return ErrnoError("open");
    Fd target(openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!target.valid()) return ErrnoError("create");
    BUOY_TRY(CopyBytes(source.get(), target.get()));
    return CopyAttributes(source.get(), target.get(), info);
  }

  static Status Special(int from, int to, const std::string& name, const struct stat& info) {
    if (S_ISSOCK(info.st_mode)) return Ok();
    if (S_ISLNK(info.st_mode)) {
      char text[PATH_MAX];
      ssize_t length = readlinkat(from, name.c_str(), text, sizeof text - 1);
      if (length < 0) return ErrnoError("readlink");
      text[length] = 0;
      if (symlinkat(text, to, name.c_str()) != 0) return ErrnoError("symlink");
    } else if (mknodat(to, name.c_str(), info.st_mode, info.st_rdev) != 0) {
      return ErrnoError("mknod");
    }
    if (fchownat(to, name.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
      return ErrnoError("chown");
    }
    if (!S_ISLNK(info.st_mode) && fchmodat(to, name.c_str(), info.st_mode & 07777, 0) != 0) {
      return ErrnoError("chmod");
    }
    timespec times[2] = {info.st_atim, info.st_mtim};
    utimensat(to, name.c_str(), times, AT_SYMLINK_NOFOLLOW);
    return Ok();
  }

  int root_;  // of the copy: hard links are made relative to it
  std::map<std::pair<dev_t, ino_t>, std::string> links_;
};

void AddSize(int folder, dev_t device, int depth, std::set<ino_t>& seen, int64_t& total) {
  auto names = Names(folder);
  if (!names.ok() || depth > kMaxDepth) return;
  for (const auto& name : *names) {
    struct stat info {};
    if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (info.st_dev != device) continue;
    if (S_ISREG(info.st_mode) && seen.insert(info.st_ino).second) total += info.st_size;
    if (!S_ISDIR(info.st_mode)) continue;
    Fd below(openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below.valid()) AddSize(below.get(), device, depth + 1, seen, total);
  }
}

}  // namespace

Status CopyTree(int from, int to) { return Copier(to).Folder(from, to, "", 0); }

bool IsEmptyFolder(int folder) {
  auto names = Names(folder);
  return names.ok() && names->empty();
}

int64_t TreeSize(int folder) {
  struct stat info {};
  if (fstat(folder, &info) != 0) return -1;
  std::set<ino_t> seen;
  int64_t total = 0;
  AddSize(folder, info.st_dev, 0, seen, total);
  return total;
}

}  // namespace buoy::volume
