#pragma once

#include <string>
#include <vector>

namespace buoy::state {

// The schema's history: entry N takes a database from version N to N + 1. Released entries never
// change; a new release appends.
const std::vector<std::string>& Migrations();

// One more entry, of a release that does not exist yet; null here. Weak: see integration/upgrade.
extern const char* const kNextMigration;

}  // namespace buoy::state
