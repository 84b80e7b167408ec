#include "common/unix/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace buoy {

Result<Fd> Open(const std::string& path, int flags, mode_t mode) {
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return ErrnoError("open " + path);
  return Fd(fd);
}

Result<std::string> ReadFile(const std::string& path, size_t limit) {
  BUOY_ASSIGN(Fd fd, Open(path, O_RDONLY));
  std::string text;
  char buffer[16384];
  while (true) {
    ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("read " + path);
    if (n == 0) return text;
    if (text.size() + static_cast<size_t>(n) > limit) {
      return ErrnoError("read " + path, EFBIG);
    }
    text.append(buffer, static_cast<size_t>(n));
  }
}

Status WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError("write");
    data.remove_prefix(static_cast<size_t>(n));
  }
  return Ok();
}

Status WriteFileAtomic(const std::string& path, std::string_view data, mode_t mode) {
  std::string temporary = path + ".tmp-XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return ErrnoError("create " + temporary);
  Status status = [&]() -> Status {
    BUOY_TRY(WriteAll(fd.get(), data));
    if (::fchmod(fd.get(), mode) != 0) return ErrnoError("chmod");
    if (::fsync(fd.get()) != 0) return ErrnoError("fsync");
    if (::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoError("rename");
    return Ok();
  }();
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return std::move(status).error().Context(path);
  }
  auto slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  Fd dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir) ::fsync(dir.get());
  return Ok();
}

Status WriteExistingFile(const std::string& path, std::string_view data) {
  BUOY_ASSIGN(Fd fd, Open(path, O_WRONLY));
  ssize_t n;
  do {
    n = ::write(fd.get(), data.data(), data.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return ErrnoError("write " + path);
  return Ok();
}

Status MakeDirs(const std::string& path, mode_t mode) {
  if (path.empty()) return Ok();
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) return ErrnoError("mkdir " + part);
    if (slash == std::string::npos) break;
  }
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) return ErrnoError("mkdir " + path);
  if (!S_ISDIR(info.st_mode)) return ErrnoError("mkdir " + path, ENOTDIR);
  return Ok();
}

namespace {

// Also of a bind mount, which has the device of what is around it.
bool IsMountRoot(int fd) {
  struct statx info;
  return ::statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &info) == 0 &&
         (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

Status RemoveAt(int parent, const char* name, dev_t device, const std::string& shown) {
  if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return Ok();
  if (errno != EISDIR && errno != EPERM) return ErrnoError("unlinkat " + shown);
  Fd dir(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!dir) return errno == ENOENT ? Ok() : Status(ErrnoError("openat " + shown));
  struct stat info;
  if (::fstat(dir.get(), &info) != 0) return ErrnoError("fstat " + shown);
  if (info.st_dev != device || IsMountRoot(dir.get())) {
    return ErrnoError("unlinkat " + shown, EBUSY);
  }
  DIR* stream = ::fdopendir(::dup(dir.get()));
  if (stream == nullptr) return ErrnoError("fdopendir " + shown);
  Status first;
  while (dirent* entry = ::readdir(stream)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    Status status = RemoveAt(dir.get(), entry->d_name, device, shown + "/" + entry->d_name);
    if (!status.ok() && first.ok()) first = std::move(status);
  }
  ::closedir(stream);
  BUOY_TRY(std::move(first));
  if (::unlinkat(parent, name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return ErrnoError("unlinkat " + shown);
  }
  return Ok();
}

}  // namespace

Status RemoveAll(const std::string& path) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? Ok() : Status(ErrnoError("lstat " + path));
  }
  return RemoveAt(AT_FDCWD, path.c_str(), info.st_dev, path);
}

bool PathExists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace buoy
