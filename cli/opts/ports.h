#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/result/result.h"
#include "common/types/host_config.h"

namespace buoy::cli::opts {

struct PublishedPorts {
  json::StringSet exposed;
  types::PortMap bindings;
};

// -p values: "[ip:]host:container[/proto]", ranges, and the long form "target=80,published=8080".
Result<PublishedPorts> ParsePublished(const std::vector<std::string>& specs);

// Adds an --expose value ("80", "80-90/udp").
Status AddExposed(const std::string& spec, json::StringSet& exposed);

}  // namespace buoy::cli::opts
