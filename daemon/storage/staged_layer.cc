#include "daemon/storage/staged_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/archive/filters.h"
#include "common/archive/rooted.h"
#include "common/archive/unpack.h"
#include "common/archive/whiteout.h"
#include "common/unix/file.h"
#include "daemon/storage/tree.h"

namespace buoy::storage {

namespace {

enum class Lookup { kFolder, kAbsent, kHidden };

// `path` in one lower layer. kHidden: this layer has something else there, or cuts off what is
// further below.
Lookup FindFolder(int diff_fd, const std::string& path, Fd* found) {
  auto fd = OpenInRoot(diff_fd, path, O_PATH | O_NOFOLLOW);
  if (!fd.ok()) return fd.error().sys_errno() == ENOENT ? Lookup::kAbsent : Lookup::kHidden;
  struct stat info;
  if (::fstat(fd->get(), &info) != 0 || !S_ISDIR(info.st_mode)) return Lookup::kHidden;
  *found = std::move(*fd);
  return Lookup::kFolder;
}

Status CopyFolderAttributes(int from_fd, int to_fd, const std::string& path) {
  struct stat info;
  if (::fstat(from_fd, &info) != 0) return ErrnoError("stat /" + path);
  if (::fchown(to_fd, info.st_uid, info.st_gid) != 0) return ErrnoError("chown /" + path);
  if (::fchmod(to_fd, info.st_mode & 07777) != 0) return ErrnoError("chmod /" + path);
  timespec times[2] = {{0, UTIME_OMIT}, info.st_mtim};
  if (::futimens(to_fd, times) != 0) return ErrnoError("utimes /" + path);
  return Ok();
}

}  // namespace

FolderStagedLayer::~FolderStagedLayer() {
  if (!path_.empty()) (void)RemoveTree(path_);
}

Status FolderStagedLayer::Unpack(ByteSource& tar, const UnpackOptions& options) {
  const std::string diff = path_ + "/diff";
  BUOY_TRY(MakeDirs(diff, 0755));
  BUOY_ASSIGN(Fd root, Open(diff, O_PATH | O_DIRECTORY));
  UnpackTarOptions tar_options;
  tar_options.whiteouts = Whiteouts::kOverlay;
  tar_options.max_bytes = options.max_bytes;
  tar_options.max_entries = options.max_entries;
  HashingSource hashing(tar);
  BUOY_ASSIGN(auto result, UnpackTar(root.get(), hashing, tar_options));
  BUOY_TRY(hashing.Drain());
  diff_id_ = hashing.Digest();
  if (!options.expected_diff_id.empty() && options.expected_diff_id != diff_id_) {
    return InvalidArgument("invalid diffID for layer: expected \"" + options.expected_diff_id +
                           "\", got \"" + diff_id_ + "\"");
  }
  size_ = static_cast<int64_t>(result.bytes);
  implied_folders_ = std::move(result.implied_folders);
  if (!result.has_root_entry) implied_folders_.insert(implied_folders_.begin(), "");
  return Ok();
}

Status FolderStagedLayer::InheritFolders(const std::vector<std::string>& lower_diffs) {
  if (implied_folders_.empty() || lower_diffs.empty()) return Ok();
  BUOY_ASSIGN(Fd root, Open(path_ + "/diff", O_PATH | O_DIRECTORY));
  std::vector<Fd> lowers;
  for (const auto& diff : lower_diffs) {
    BUOY_ASSIGN(Fd lower, Open(diff, O_PATH | O_DIRECTORY));
    lowers.push_back(std::move(lower));
  }
  // Deepest first, so that no parent's time changes after it was set.
  for (auto path = implied_folders_.rbegin(); path != implied_folders_.rend(); ++path) {
    auto target = OpenInRoot(root.get(), *path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!target.ok()) continue;
    Fd found;
    Lookup outcome = Lookup::kAbsent;
    for (size_t i = 0; i < lowers.size() && outcome == Lookup::kAbsent; ++i) {
      outcome = FindFolder(lowers[i].get(), *path, &found);
    }
    if (outcome == Lookup::kFolder) {
      BUOY_TRY(CopyFolderAttributes(found.get(), target->get(), *path));
    }
  }
  return Ok();
}

}  // namespace buoy::storage
