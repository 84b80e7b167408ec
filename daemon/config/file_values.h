#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "common/result/result.h"
#include "daemon/config/key.h"
#include "daemon/config/value.h"

namespace buoy::config {

// The value of a key from its JSON; nullopt = as if not given. Errors are Go's:
// "json: cannot unmarshal string into Go struct field Config.mtu of type int".
Result<std::optional<Value>> FileValue(const Key& key, const nlohmann::json& json);

// Go's %v of a decoded JSON value, as conflict messages show it.
std::string GoText(const nlohmann::json& json);

}  // namespace buoy::config
