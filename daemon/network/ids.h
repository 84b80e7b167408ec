#pragma once

#include <string>
#include <string_view>

namespace buoy::network {

// A fresh locally administered MAC address, 02:42:....
std::string RandomMac();
// 02:42 and the last four bytes of an IP address, as in Docker before 28: whoever knew the
// address's former holder reaches the new one at once. (28 takes random ones and has to announce
// them; an announcement is ignored in the first second after another one.) Random for what is no
// address.
std::string MacOf(const std::string& ip_address);
// The id of a container's sandbox, always the same for the same container.
std::string SandboxId(std::string_view container_id);

}  // namespace buoy::network
