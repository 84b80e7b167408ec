#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy::container {

// [a-zA-Z0-9][a-zA-Z0-9_.-]+, a leading slash aside. The error is Docker's, kInvalidArgument.
Status ValidateName(const std::string& name);

// "adjective_surname" at random; from the second `attempt` on with a digit at the end.
std::string RandomName(int attempt);

// 64 hex digits whose first twelve are not all decimal (they serve as host name).
std::string RandomId();

}  // namespace buoy::container
