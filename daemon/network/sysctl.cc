#include "daemon/network/sysctl.h"

#include <cerrno>

#include "common/unix/file.h"

namespace buoy::network {

Result<std::string> ReadSysctl(const std::string& key) {
  auto text = ReadFile("/proc/sys/" + key);
  if (!text.ok()) {
    ErrorKind kind =
        text.error().sys_errno() == ENOENT ? ErrorKind::kNotFound : ErrorKind::kInternal;
    return std::move(text).error().WithKind(kind);
  }
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return text;
}

Result<bool> SetSysctl(const std::string& key, const std::string& value) {
  BUOY_ASSIGN(std::string current, ReadSysctl(key));
  if (current == value) return false;
  BUOY_TRY(WriteExistingFile("/proc/sys/" + key, value));
  return true;
}

bool KernelHasIpv6() { return PathExists("/proc/sys/net/ipv6"); }

}  // namespace buoy::network
