#pragma once

#include "cli/formatter/value.h"

namespace buoy::cli {

// One row per kind of thing in GET /system/df, with TotalCount, Active, Size and Reclaimable.
ValueList UsageRows(const Value& usage);
Value UsageHeader();

}  // namespace buoy::cli
