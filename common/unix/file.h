#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// open(2) with O_CLOEXEC added; the error text is Go's "open PATH: no such file or directory".
Result<Fd> Open(const std::string& path, int flags, mode_t mode = 0);

// The whole file, at most `limit` bytes (a longer file is an error).
Result<std::string> ReadFile(const std::string& path, size_t limit = 64u << 20);

// Writes all of `data`, retrying short writes and EINTR.
Status WriteAll(int fd, std::string_view data);

// Replaces `path` atomically and durably: temporary file, fsync, rename, fsync of the folder.
Status WriteFileAtomic(const std::string& path, std::string_view data, mode_t mode = 0600);

// Opens (O_WRONLY) and writes a file that already exists, as for /proc, /sys and cgroup files.
Status WriteExistingFile(const std::string& path, std::string_view data);

// mkdir -p; existing folders keep their mode.
Status MakeDirs(const std::string& path, mode_t mode = 0755);

// rm -rf without following symlinks and without crossing into mounted file systems.
// A missing path is no error.
Status RemoveAll(const std::string& path);

bool PathExists(const std::string& path);

}  // namespace buoy
