#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace buoy {

enum class TarType { kFile, kDirectory, kSymlink, kHardlink, kCharDevice, kBlockDevice, kFifo };

// One member of a tar archive.
struct TarEntry {
  std::string path;  // as in the archive, not cleaned; UTF-8 or raw bytes
  TarType type = TarType::kFile;
  std::string link_target;  // of symlinks and hard links
  mode_t mode = 0644;       // permission bits with setuid, setgid and sticky
  uid_t uid = 0;
  gid_t gid = 0;
  uint64_t size = 0;  // of files: the logical size, holes included
  timespec mtime = {0, 0};
  unsigned device_major = 0, device_minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;
};

}  // namespace buoy
