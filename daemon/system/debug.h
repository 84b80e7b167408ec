#pragma once

#include <string>

namespace buoy::system {

// What GET /debug/... tells of this process: "vars" (JSON), "cmdline", "threads", "heap"; "" for
// other names.
std::string DebugText(const std::string& name);

}  // namespace buoy::system
