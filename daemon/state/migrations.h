#pragma once

#include <string>
#include <vector>

namespace buoy::state {

// The schema's history: entry N takes a database from version N to N + 1. Released entries never
// change; a new release appends.
const std::vector<std::string>& Migrations();

}  // namespace buoy::state
