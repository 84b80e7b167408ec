#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/container.h"

// Paths in a container's file system as the archive endpoints read them.
namespace buoy::container {

// Absolute and clean but for what says "the content" or "must be a folder": a "/." or "/" at the
// end.
std::string AskedPath(const std::string& path);
// Go's filepath.Base: the last part, "." for what ends with "/.", "/" for the root.
std::string BaseName(const std::string& path);
// The path of something opened below `root_fd`, with no symlinks left.
Result<std::string> PathInRoot(int root_fd, int fd);

// What the API tells about an AskedPath (the X-Docker-Container-Path-Stat header): of a symlink
// itself, with its whole chain resolved in link_target, unless the path must be a folder. The
// error's text is Go's "lstat /path: ...".
Result<types::PathStat> StatInRoot(int root_fd, const std::string& asked);
inline bool IsFolder(const types::PathStat& stat) { return (stat.mode & 1u << 31) != 0; }

}  // namespace buoy::container
