#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/archive/stream.h"
#include "common/archive/tar_writer.h"

namespace buoy {

struct PackOptions {
  // Overlayfs' whiteouts become ".wh." files: for layers.
  bool overlay_whiteouts = false;
  // Whole seconds, as Docker writes.
  bool truncate_times = true;
  // Paths ("a/b") for which this is true are left out, with all below.
  std::function<bool(const std::string& path)> skip;
};

// Packs a tree into a tar: folders before their content, names sorted, hard links within the tree
// kept, sockets left out; security.capability and user.* attributes go along. Reads the tree only
// through descriptors without following symlinks, so that it may belong to a hostile container.
class Packer {
 public:
  Packer(TarWriter& writer, PackOptions options) : writer_(writer), options_(std::move(options)) {}

  // The children of an open folder, as "prefix/child" ("" = at the top). Opaqueness of the folder
  // itself is written too.
  Status AddChildren(int folder_fd, const std::string& prefix);
  // An open folder itself under the archive name `as` ("." and "/" are kept so), with all below it.
  Status AddFolderAs(int folder_fd, const std::string& as);
  // One entry of an open folder under the archive name `as`, with all below it.
  Status AddEntry(int folder_fd, const std::string& name, const std::string& as);

 private:
  Status AddFile(int fd, TarEntry entry);
  Status AddFolder(int fd, TarEntry entry);

  TarWriter& writer_;
  PackOptions options_;
  std::map<std::pair<dev_t, ino_t>, std::string> links_;
};

// A whole folder as a tar.
Status PackFolder(int folder_fd, ByteSink& tar, const PackOptions& options);

}  // namespace buoy
