#pragma once

#include <string>

namespace buoy {

// 64 random hex digits, the form of Docker's ids.
std::string RandomId();

}  // namespace buoy
