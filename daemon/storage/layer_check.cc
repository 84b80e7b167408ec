#include "daemon/storage/layer_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/archive/whiteout.h"
#include "common/unix/fd.h"
#include "daemon/storage/changes.h"

namespace buoy::storage {

namespace {

Result<Fd> OpenEntry(int folder_fd, const std::string& name, int flags) {
  Fd fd(::openat(folder_fd, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return ErrnoError("open " + name);
  return fd;
}

Result<size_t> ReadBlock(int fd, std::array<char, 65536>& block) {
  size_t filled = 0;
  while (filled < block.size()) {
    ssize_t got = ::read(fd, block.data() + filled, block.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("read");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  return filled;
}

Result<bool> SameBytes(int have_fd, int want_fd) {
  std::array<char, 65536> have, want;
  for (;;) {
    auto got = ReadBlock(have_fd, have);
    if (!got.ok()) return false;  // what cannot be read is damaged
    BUOY_ASSIGN(size_t wanted, ReadBlock(want_fd, want));
    if (*got != wanted || !std::equal(want.begin(), want.begin() + wanted, have.begin())) {
      return false;
    }
    if (wanted == 0) return true;
  }
}

// Both trees hold the same names of the same kinds.
Result<std::string> CompareContents(int have_fd, int want_fd, const std::string& prefix) {
  if (IsOpaque(have_fd) != IsOpaque(want_fd)) return (prefix.empty() ? "/" : prefix) + " differs";
  BUOY_ASSIGN(auto names, ListFolder(want_fd));
  for (const auto& name : names) {
    const std::string path = prefix + "/" + name;
    struct stat info;
    if (::fstatat(want_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return ErrnoError("stat " + path);
    }
    if (S_ISDIR(info.st_mode)) {
      BUOY_ASSIGN(Fd have, OpenEntry(have_fd, name, O_PATH | O_DIRECTORY));
      BUOY_ASSIGN(Fd want, OpenEntry(want_fd, name, O_PATH | O_DIRECTORY));
      BUOY_ASSIGN(std::string inside, CompareContents(have.get(), want.get(), path));
      if (!inside.empty()) return inside;
    } else if (S_ISREG(info.st_mode)) {
      BUOY_ASSIGN(Fd have, OpenEntry(have_fd, name, O_RDONLY));
      BUOY_ASSIGN(Fd want, OpenEntry(want_fd, name, O_RDONLY));
      BUOY_ASSIGN(bool same, SameBytes(have.get(), want.get()));
      if (!same) return path + " has other content";
    }
  }
  return std::string();
}

}  // namespace

Result<std::string> FirstDifference(int have_fd, int want_fd) {
  BUOY_ASSIGN(auto changes, CompareTrees(have_fd, want_fd));
  // A folder counts as modified when something inside is, which says more and comes later.
  if (!changes.empty()) {
    const Change& change = changes.back();
    return change.path + (change.kind == ChangeKind::kDeleted ? " is missing"
                          : change.kind == ChangeKind::kAdded ? " is not of this layer"
                                                              : " differs");
  }
  return CompareContents(have_fd, want_fd, "");
}

}  // namespace buoy::storage
