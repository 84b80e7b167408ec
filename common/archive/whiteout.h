#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy {

// The two forms of a deleted file: in archives (AUFS' names) and in overlayfs.
inline constexpr std::string_view kWhiteoutPrefix = ".wh.";
inline constexpr std::string_view kAufsPrefix = ".wh..wh.";
inline constexpr std::string_view kOpaqueMarker = ".wh..wh..opq";

bool IsOverlayWhiteout(const struct stat& info);
Status MakeOverlayWhiteout(int folder_fd, const std::string& name);
// An opaque folder hides what the lower layers have in it.
Status MarkFolderOpaque(int folder_fd);
Status MarkOpaque(int parent_fd, const std::string& name);
bool IsOpaque(int folder_fd);

// The names in an open folder (O_PATH will do), sorted.
Result<std::vector<std::string>> ListFolder(int folder_fd);

}  // namespace buoy
