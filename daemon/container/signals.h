#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy::container {

// "KILL", "sigterm", "RTMIN+3", "9"; kInvalidArgument "invalid signal: x". Numbers are taken as
// they are (see IsKnownSignal).
Result<int> ParseSignal(const std::string& text);
// Linux has a name for it, as Docker checks before it kills.
bool IsKnownSignal(int signal);

}  // namespace buoy::container
