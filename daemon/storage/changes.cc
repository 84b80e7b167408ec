#include "daemon/storage/changes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "common/archive/rooted.h"
#include "common/archive/whiteout.h"
#include "common/unix/fd.h"

namespace buoy::storage {

namespace {

// As Docker compares: what was copied as a tar may have lost its nanoseconds.
bool SameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && (a.tv_nsec == b.tv_nsec || a.tv_nsec == 0 || b.tv_nsec == 0);
}

// As Docker compares: a folder's size and time do not count.
bool Differs(const struct stat& before, const struct stat& after) {
  if (before.st_mode != after.st_mode || before.st_uid != after.st_uid ||
      before.st_gid != after.st_gid || before.st_rdev != after.st_rdev) {
    return true;
  }
  if (S_ISDIR(after.st_mode)) return false;
  return before.st_size != after.st_size || !SameTime(before.st_mtim, after.st_mtim);
}

Fd OpenFolderAt(int folder_fd, const std::string& name) {
  return Fd(::openat(folder_fd, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

class Comparer {
 public:
  // `whole`: every upper folder holds all that it shows, as if it were opaque.
  explicit Comparer(bool whole) : whole_(whole) {}

  // `lower_fd` is -1 where there is nothing below.
  Status Compare(int upper_fd, int lower_fd, const std::string& prefix) {
    BUOY_ASSIGN(auto names, ListFolder(upper_fd));
    for (const auto& name : names) BUOY_TRY(CompareEntry(upper_fd, lower_fd, prefix, name));
    if (lower_fd < 0 || !(whole_ || IsOpaque(upper_fd))) return Ok();
    BUOY_ASSIGN(auto below, ListFolder(lower_fd));
    const std::set<std::string> kept(names.begin(), names.end());
    for (const auto& name : below) {
      if (!kept.contains(name)) Add(prefix + "/" + name, ChangeKind::kDeleted);
    }
    return Ok();
  }

  std::vector<Change> Take() {
    std::sort(changes_.begin(), changes_.end(),
              [](const Change& a, const Change& b) { return a.path < b.path; });
    return std::move(changes_);
  }

 private:
  Status CompareEntry(int upper_fd, int lower_fd, const std::string& prefix,
                      const std::string& name) {
    const std::string path = prefix + "/" + name;
    struct stat after, before;
    if (::fstatat(upper_fd, name.c_str(), &after, AT_SYMLINK_NOFOLLOW) != 0) return Ok();
    bool existed =
        lower_fd >= 0 && ::fstatat(lower_fd, name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0;
    if (!whole_ && IsOverlayWhiteout(after)) {
      if (existed) Add(path, ChangeKind::kDeleted);
      return Ok();
    }
    const size_t count_before = changes_.size();
    if (S_ISDIR(after.st_mode)) {
      Fd upper = OpenFolderAt(upper_fd, name);
      Fd lower = existed && S_ISDIR(before.st_mode) ? OpenFolderAt(lower_fd, name) : Fd();
      if (upper) BUOY_TRY(Compare(upper.get(), lower.get(), path));
    }
    if (!existed) {
      Add(path, ChangeKind::kAdded);
    } else if (changes_.size() > count_before || Differs(before, after)) {
      Add(path, ChangeKind::kModified);
    }
    return Ok();
  }

  void Add(std::string path, ChangeKind kind) { changes_.push_back({std::move(path), kind}); }

  const bool whole_;
  std::vector<Change> changes_;
};

}  // namespace

Result<std::vector<Change>> CompareUpper(int upper_fd, int lower_fd) {
  Comparer comparer(false);
  BUOY_TRY(comparer.Compare(upper_fd, lower_fd, ""));
  return comparer.Take();
}

Result<std::vector<Change>> CompareTrees(int after_fd, int before_fd) {
  Comparer comparer(true);
  BUOY_TRY(comparer.Compare(after_fd, before_fd, ""));
  return comparer.Take();
}

}  // namespace buoy::storage
