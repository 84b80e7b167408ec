#pragma once

#include <string>
#include <string_view>

namespace buoy::network {

// A fresh locally administered MAC address, 02:42:....
std::string RandomMac();
// The id of a container's sandbox, always the same for the same container.
std::string SandboxId(std::string_view container_id);

}  // namespace buoy::network
