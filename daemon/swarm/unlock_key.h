#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::swarm {

// "SWMKEY-1-<base64 of 32 bytes>": what an operator types to unlock a manager.
std::string NewUnlockKey();
// Its 32 bytes; kInvalidArgument "invalid key string".
Result<std::string> ParseUnlockKey(std::string_view text);

}  // namespace buoy::swarm
