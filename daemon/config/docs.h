#pragma once

#include <string>

namespace buoy::config {

// docs/configuration.md: what is said about configuration, and the table of all keys.
std::string ConfigurationPage();
// docs/man/buoyd.8, in man(7) macros.
std::string ManualPage();

}  // namespace buoy::config
