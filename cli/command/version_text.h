#pragma once

#include <string>

namespace buoy::cli {

inline constexpr char kClientVersion[] = "28.2.2";
inline constexpr char kClientApiVersion[] = "1.50";
inline constexpr char kClientCommit[] = "buoy";

// "Docker version 28.2.2, build buoy": tools parse this line.
inline std::string VersionLine(const std::string& program) {
  return std::string(program == "docker" ? "Docker" : "Buoy") + " version " + kClientVersion +
         ", build " + kClientCommit + "\n";
}

}  // namespace buoy::cli
