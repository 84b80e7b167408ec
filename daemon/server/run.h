#pragma once

#include <string>
#include <vector>

namespace buoy::server {

// The whole life of buoyd from its name and its other arguments to its exit status:
// 0 after SIGTERM and SIGINT, 1 when it cannot start, 125 for bad flags as dockerd's parser has it.
int RunDaemon(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace buoy::server
