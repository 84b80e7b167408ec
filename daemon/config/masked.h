#pragma once

#include <string>

#include "daemon/config/key.h"
#include "daemon/config/value.h"

namespace buoy::config {

// The value as it may be shown and logged: credentials in URLs and in log options are "xxxxx".
Value Masked(const Key& key, Value value);
std::string MaskedJson(const Key& key, const Value& value);

}  // namespace buoy::config
