#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/archive/stream.h"
#include "common/archive/tar_entry.h"

namespace buoy {

// What a ".wh." file in the archive means.
enum class Whiteouts {
  kLiteral,  // nothing special: `docker cp`
  kOverlay,  // becomes overlayfs' form: char device 0/0, trusted.overlay.opaque
  kApply,    // deletes what is there from before: unpacking on top of the lower layers
};

struct UnpackTarOptions {
  Whiteouts whiteouts = Whiteouts::kLiteral;
  // Folder in the root below which entries go; must exist. Symlinks still resolve in the root.
  std::string base;
  // Bounds for hostile archives, in file bytes and in entries; 0 = none.
  uint64_t max_bytes = 0;
  uint64_t max_entries = 0;
  // Owner of everything instead of what the archive says.
  std::optional<std::pair<uid_t, gid_t>> owner;
  // Refuse to replace a folder by something else and the reverse.
  bool no_overwrite_dir_non_dir = false;
};

struct UnpackTarResult {
  // Of regular files, hard links counted once, and of symbolic links' targets: what Docker's
  // directory.Size finds in the unpacked layer.
  uint64_t bytes = 0;
  uint64_t entries = 0;
  // Folders that had no entry of their own before something was put in them: their owner and
  // mode are made up. Paths relative to the root, parents first.
  std::vector<std::string> implied_folders;
  bool has_root_entry = false;  // the archive says what the root folder itself is like
};

// Unpacks an uncompressed tar below `root_fd`. Whatever the archive holds, nothing outside the root
// is read or written: ".." that climbs out is refused, absolute names and symlinks resolve inside
// the root. Extended attributes of overlayfs itself are dropped. Owner, mode with setuid,
// nanosecond times, xattrs, devices, hard links and holes are kept; needs root for those.
Result<UnpackTarResult> UnpackTar(int root_fd, ByteSource& tar, const UnpackTarOptions& options);

}  // namespace buoy
