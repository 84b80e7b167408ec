#pragma once

#include <string>

namespace buoy::oci {

// "container:NAME", as network, ipc and pid modes have it.
inline bool IsContainerMode(const std::string& mode) { return mode.starts_with("container:"); }
inline std::string ContainerOfMode(const std::string& mode) {
  return IsContainerMode(mode) ? mode.substr(10) : std::string();
}

}  // namespace buoy::oci
