#pragma once

#include <cstdint>
#include <string>

#include "cli/formatter/value.h"

namespace buoy::cli {

// One container's usage, from one answer of GET /containers/ID/stats.
struct StatsSample {
  std::string container;  // as the user called it
  std::string id, name;
  double cpu_percent = 0;
  double memory = 0, memory_limit = 0, memory_percent = 0;
  double net_in = 0, net_out = 0, block_in = 0, block_out = 0;
  uint64_t pids = 0;
  bool valid = false;  // false = nothing came yet, or no longer
};

StatsSample SampleOf(const std::string& container, const Value& stats);
Value StatsRow(const StatsSample& sample, bool trunc);
Value StatsHeader();

}  // namespace buoy::cli
