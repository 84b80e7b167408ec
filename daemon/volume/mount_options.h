#pragma once

#include <map>
#include <string>

#include "common/result/result.h"

namespace buoy::volume {

// The local driver's options type, o and device, as mount(2) takes them.
struct LocalMount {
  std::string type, device;
  unsigned long flags = 0;
  unsigned long propagation = 0;
  std::string data;
};

// kInvalidArgument for unknown, missing and unsupported options.
Status CheckLocalOptions(const std::map<std::string, std::string>& options);
bool NeedsMount(const std::map<std::string, std::string>& options);
// Host names in nfs' and cifs' addr= are resolved.
Result<LocalMount> ParseLocalMount(const std::map<std::string, std::string>& options);
Status MountLocal(const LocalMount& mount, const std::string& target);

// True when something is mounted on exactly this path.
bool IsMountPoint(const std::string& path);

}  // namespace buoy::volume
