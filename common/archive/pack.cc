#include "common/archive/pack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "common/archive/rooted.h"
#include "common/archive/whiteout.h"
#include "common/unix/fd.h"

namespace buoy {

namespace {

TarType TypeOf(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return TarType::kDirectory;
    case S_IFLNK:
      return TarType::kSymlink;
    case S_IFCHR:
      return TarType::kCharDevice;
    case S_IFBLK:
      return TarType::kBlockDevice;
    case S_IFIFO:
      return TarType::kFifo;
    default:
      return TarType::kFile;
  }
}

TarEntry FromStat(const struct stat& info, const std::string& path) {
  TarEntry entry;
  entry.path = path;
  entry.type = TypeOf(info.st_mode);
  entry.mode = info.st_mode & 07777;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.mtime = info.st_mtim;
  entry.size = S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0;
  entry.device_major = ::major(info.st_rdev);
  entry.device_minor = ::minor(info.st_rdev);
  return entry;
}

// `fd` may be O_PATH; symlinks have neither kind of attribute.
void ReadXattrs(int fd, TarEntry* entry) {
  const std::string path = ProcFdPath(fd);
  std::vector<char> names(4096);
  ssize_t size = ::listxattr(path.c_str(), names.data(), names.size());
  if (size < 0 && errno == ERANGE) {
    names.resize(64 * 1024);
    size = ::listxattr(path.c_str(), names.data(), names.size());
  }
  for (ssize_t at = 0; at < size;) {
    std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    if (name != "security.capability" && !name.starts_with("user.")) continue;
    std::string value(64 * 1024, '\0');
    ssize_t length = ::getxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (length < 0) continue;
    value.resize(static_cast<size_t>(length));
    entry->xattrs.emplace_back(std::move(name), std::move(value));
  }
}

Result<std::string> ReadLink(int fd) {
  std::string target(4096, '\0');
  ssize_t length = ::readlinkat(fd, "", target.data(), target.size());
  if (length < 0) return ErrnoError("readlink");
  target.resize(static_cast<size_t>(length));
  return target;
}

}  // namespace

Status Packer::AddEntry(int folder_fd, const std::string& name, const std::string& as) {
  if (options_.skip && options_.skip(as)) return Ok();
  Fd fd(::openat(folder_fd, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? Ok() : Status(ErrnoError("open " + as));  // just deleted
  struct stat info;
  if (::fstat(fd.get(), &info) != 0) return ErrnoError("stat " + as);
  if (S_ISSOCK(info.st_mode)) return Ok();
  TarEntry entry = FromStat(info, as);
  if (options_.truncate_times) entry.mtime.tv_nsec = 0;
  if (options_.overlay_whiteouts && IsOverlayWhiteout(info)) {
    auto [parent, base] = SplitPath(as);
    TarEntry whiteout;
    whiteout.path = std::string(parent) + (parent.empty() ? "" : "/");
    whiteout.path.append(kWhiteoutPrefix).append(base);
    whiteout.mode = 0600;
    whiteout.mtime = entry.mtime;
    return writer_.AddFile(whiteout, "");
  }
  if (!S_ISDIR(info.st_mode) && info.st_nlink > 1) {
    auto [it, first] = links_.try_emplace({info.st_dev, info.st_ino}, as);
    if (!first) {
      entry.type = TarType::kHardlink;
      entry.link_target = it->second;
      entry.size = 0;
      return writer_.Begin(entry);
    }
  }
  if (S_ISLNK(info.st_mode)) {
    BUOY_ASSIGN(entry.link_target, ReadLink(fd.get()));
    return writer_.Begin(entry);
  }
  ReadXattrs(fd.get(), &entry);
  if (S_ISDIR(info.st_mode)) return AddFolder(fd.get(), std::move(entry));
  if (S_ISREG(info.st_mode)) return AddFile(fd.get(), std::move(entry));
  return writer_.Begin(entry);
}

Status Packer::AddFolderAs(int folder_fd, const std::string& as) {
  struct stat info;
  if (::fstat(folder_fd, &info) != 0) return ErrnoError("stat " + as);
  TarEntry entry = FromStat(info, as);
  if (options_.truncate_times) entry.mtime.tv_nsec = 0;
  ReadXattrs(folder_fd, &entry);
  if (as != "/") return AddFolder(folder_fd, std::move(entry));
  BUOY_TRY(writer_.Begin(entry));
  return AddChildren(folder_fd, "");
}

Status Packer::AddFolder(int fd, TarEntry entry) {
  const std::string prefix = entry.path;
  entry.path += '/';
  BUOY_TRY(writer_.Begin(entry));
  return AddChildren(fd, prefix);
}

Status Packer::AddChildren(int folder_fd, const std::string& prefix) {
  const std::string lead = prefix.empty() ? "" : prefix + "/";
  if (options_.overlay_whiteouts && IsOpaque(folder_fd)) {
    TarEntry marker;
    marker.path = lead + std::string(kOpaqueMarker);
    marker.mode = 0600;
    BUOY_TRY(writer_.AddFile(marker, ""));
  }
  BUOY_ASSIGN_CONTEXT(auto names, ListFolder(folder_fd), "/" + prefix);
  for (const auto& name : names) BUOY_TRY(AddEntry(folder_fd, name, lead + name));
  return Ok();
}

// The header says how long the file is; one that grows meanwhile is cut, one that shrinks padded.
Status Packer::AddFile(int path_fd, TarEntry entry) {
  Fd fd(::open(ProcFdPath(path_fd).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return ErrnoError("open " + entry.path);
  BUOY_TRY(writer_.Begin(entry));
  std::vector<char> buffer(std::min<uint64_t>(std::max<uint64_t>(entry.size, 1), 256 * 1024));
  uint64_t left = entry.size;
  while (left > 0) {
    ssize_t n = ::read(fd.get(), buffer.data(), std::min<uint64_t>(left, buffer.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("read " + entry.path);
    if (n == 0) {
      std::fill(buffer.begin(), buffer.end(), '\0');
      n = static_cast<ssize_t>(std::min<uint64_t>(left, buffer.size()));
    }
    BUOY_TRY(writer_.Write({buffer.data(), static_cast<size_t>(n)}));
    left -= static_cast<uint64_t>(n);
  }
  return Ok();
}

Status PackFolder(int folder_fd, ByteSink& tar, const PackOptions& options) {
  BUOY_ASSIGN(auto writer, TarWriter::Open(tar));
  BUOY_TRY(Packer(*writer, options).AddChildren(folder_fd, ""));
  return writer->Finish();
}

}  // namespace buoy
