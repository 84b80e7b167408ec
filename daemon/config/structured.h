#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What the texts inside of checked Values say (value.h fixes their forms): for whoever hands them
// to an area of the daemon. All pure; a text that did not pass the table's checks gives zero
// values.
namespace buoy::config {

struct AddressPool {
  std::string base;  // "172.30.0.0/16"
  int size = 0;      // prefix length of the networks cut from it
};
AddressPool SplitPool(const std::string& item);  // "base=B,size=N"

struct UlimitRange {
  int64_t soft = 0, hard = 0;  // -1 = unlimited
};
UlimitRange SplitUlimit(const std::string& item);  // "soft:hard"

struct RuntimeEntry {
  std::string path;  // of the binary, or its name on PATH
  std::vector<std::string> args;
};
RuntimeEntry SplitRuntime(const std::string& json);  // {"path":..,"runtimeArgs":[..]}

}  // namespace buoy::config
