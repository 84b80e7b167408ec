#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::cli {

// A -H / DOCKER_HOST value with Docker's defaults filled in ("" = the default socket, "tcp://h"
// gets a port, "h:1" becomes tcp). Errors: "invalid bind address format: foo://a".
Result<std::string> ParseHost(bool default_to_tls, std::string_view text);

}  // namespace buoy::cli
