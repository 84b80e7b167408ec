#pragma once

#include <string>

#include "common/result/result.h"

namespace buoy::network {

// /proc/sys entries of the calling thread's network namespace; `key` is "net/ipv4/ip_forward".
Result<std::string> ReadSysctl(const std::string& key);
// Writes only when the value differs. True = it was changed. A missing key is NotFound.
Result<bool> SetSysctl(const std::string& key, const std::string& value);

// Is there IPv6 in this namespace's kernel at all?
bool KernelHasIpv6();

}  // namespace buoy::network
