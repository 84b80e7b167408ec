#pragma once

#include <string>

#include "cli/formatter/value.h"

namespace buoy::cli {

// The PORTS column: "0.0.0.0:8080->80/tcp, 9988/tcp", neighbours joined to ranges.
std::string PortsText(const Value& ports);

}  // namespace buoy::cli
