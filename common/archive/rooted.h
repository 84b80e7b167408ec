#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// Paths below a folder that may hold hostile symlinks: everything resolves as if `root_fd` were
// "/" (openat2 with RESOLVE_IN_ROOT and no magic links), so nothing outside can be reached, also
// not by one who swaps entries for symlinks meanwhile.

// openat2 in the root; O_CLOEXEC is added. "" and "/" are the root itself.
Result<Fd> OpenInRoot(int root_fd, std::string_view path, int flags, mode_t mode = 0);

// mkdir -p in the root. New folders have mode 0755; `created`, if given, gets the paths of those.
Result<Fd> MakeDirsInRoot(int root_fd, std::string_view path,
                          std::vector<std::string>* created = nullptr);

// A cleaned relative path ("a/b", never "." or ".." parts, "" = the root) from an archive's
// name; leading slashes are dropped. False when it climbs above the root.
bool CleanRelative(std::string_view path, std::string* clean);

// "a/b/c" -> "a/b", "c".
std::pair<std::string_view, std::string_view> SplitPath(std::string_view clean);

// rm -rf of an entry of an open folder: follows no symlink, crosses no mount. Missing = fine.
Status RemoveTreeAt(int folder_fd, const std::string& name);

// The "/proc/self/fd/N" path of an open descriptor, for calls that have no fd form.
std::string ProcFdPath(int fd);

}  // namespace buoy
