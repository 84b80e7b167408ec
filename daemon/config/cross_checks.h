#pragma once

#include "common/result/result.h"
#include "daemon/config/settings.h"

namespace buoy::config {

// Every key's own check over its effective value; rewrites values to their normal form.
Status CheckEachValue(Settings& settings);
// Rules between keys, and within one list, with Docker's texts. May drop doubled items.
Status CheckTogether(Settings& settings);

// Names that `default-runtime` may have without an entry in `runtimes`, and that no entry may take.
bool IsBuiltInRuntime(std::string_view name);

}  // namespace buoy::config
