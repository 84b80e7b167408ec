#pragma once

#include <cstdint>
#include <string>

#include "common/result/result.h"

// What /info and /version tell of the machine.
namespace buoy::system {

struct HostInfo {
  std::string name;              // host name
  std::string kernel_version;    // "6.18.0"
  std::string architecture;      // "x86_64", as uname has it
  std::string go_architecture;   // "amd64", as images have it
  std::string operating_system;  // PRETTY_NAME of os-release
  std::string os_version;        // VERSION_ID
  int cpus = 1;                  // that this process may use
  int64_t memory = 0;            // bytes
};

HostInfo ReadHostInfo();

// A value of an os-release file, without its quotes; empty when it is not there. Pure.
std::string OsReleaseValue(const std::string& text, const std::string& key);

// Open descriptors and threads of this process.
int OpenDescriptors();
int Threads();

// The engine's ID: made at the first start, kept in `path`.
Result<std::string> EngineId(const std::string& path);

}  // namespace buoy::system
