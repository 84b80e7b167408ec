#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy::cli::opts {

struct VolumeSpec {
  std::string source;  // "" = anonymous volume
  std::string target;
  bool bind = false;
};

// A -v value, as far as the client looks at it. Errors: "invalid spec: a::b: empty section between
// colons".
Result<VolumeSpec> ParseVolume(const std::string& spec);

}  // namespace buoy::cli::opts
