#pragma once

#include <cstdint>
#include <string>

namespace buoy::shim {

// Moves PATH to PATH.1, PATH.1[.gz] to PATH.2[.gz] and so on, as Docker does; the oldest goes. With
// one file PATH is removed.
void RotateFiles(const std::string& path, uint32_t max_files, bool compress);

// PATH -> PATH.gz, then removes PATH. The gzip header carries the time of the last entry as Docker
// writes it ({"lastTime":...}). For a forked child: allocates and blocks. 0 = done.
int CompressFile(const std::string& path, int64_t last_time);

}  // namespace buoy::shim
