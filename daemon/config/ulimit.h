#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::config {

struct Ulimit {
  std::string name;
  int64_t soft = 0, hard = 0;  // -1 = unlimited
};

// go-units' ParseUlimit: "nofile=1024[:2048]".
Result<Ulimit> ParseUlimit(std::string_view text);

}  // namespace buoy::config
