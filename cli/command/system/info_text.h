#pragma once

#include <string>

#include "cli/formatter/value.h"

namespace buoy::cli {

// The "Client:" block of `docker info`.
std::string ClientInfoText(const Value& client, const std::string& program);
// The lines below "Server:". `username` is who is logged in to the daemon's default registry.
std::string ServerInfoText(const Value& info, const std::string& username);

}  // namespace buoy::cli
