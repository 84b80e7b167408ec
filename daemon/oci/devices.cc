#include "daemon/oci/devices.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>

#include "common/unix/file.h"

namespace buoy::oci {
namespace {

std::optional<SpecDevice> DeviceAt(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return std::nullopt;
  SpecDevice device;
  if (S_ISBLK(info.st_mode)) {
    device.type = "b";
  } else if (S_ISCHR(info.st_mode)) {
    device.type = "c";
  } else if (S_ISFIFO(info.st_mode)) {
    device.type = "p";
  } else {
    return std::nullopt;
  }
  device.path = path;
  device.major = gnu_dev_major(info.st_rdev);
  device.minor = gnu_dev_minor(info.st_rdev);
  device.file_mode = info.st_mode & ~static_cast<uint32_t>(S_IFMT);
  device.uid = info.st_uid;
  device.gid = info.st_gid;
  return device;
}

std::vector<std::string> SortedNames(const std::string& folder) {
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), closedir);
  if (!dir) return names;
  while (dirent* entry = readdir(dir.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

void Collect(const std::string& folder, int depth, std::vector<SpecDevice>& out) {
  static const char* const kSkipped[] = {"pts",  "shm",         "fd",   "mqueue",
                                         ".lxc", ".lxd-mounts", ".udev"};
  if (depth > 16) return;
  for (const auto& name : SortedNames(folder)) {
    std::string path = folder + "/" + name;
    if (IsFolder(path)) {
      if (std::find(std::begin(kSkipped), std::end(kSkipped), name) == std::end(kSkipped)) {
        Collect(path, depth + 1, out);
      }
      continue;
    }
    auto device = DeviceAt(path);
    if (name != "console" && device && device->type != "p") out.push_back(std::move(*device));
  }
}

SpecDeviceRule AllowRule(const SpecDevice& device, const std::string& access) {
  return {true, device.type, device.major, device.minor, access};
}

// The device, or all devices below the folder, that `path_on_host` names.
Result<std::vector<SpecDevice>> DevicesFrom(const std::string& path_on_host,
                                            const std::string& path_in_container) {
  std::string resolved = path_on_host;
  char buffer[PATH_MAX];
  if (realpath(path_on_host.c_str(), buffer) != nullptr) resolved = buffer;
  std::vector<SpecDevice> devices;
  if (auto device = DeviceAt(resolved)) {
    device->path = path_in_container;
    devices.push_back(std::move(*device));
    return devices;
  }
  if (IsFolder(resolved)) {
    Collect(resolved, 0, devices);
    for (auto& device : devices) {
      device.path = path_in_container + device.path.substr(resolved.size());
    }
  }
  if (devices.empty()) {
    std::string why = PathExists(resolved) ? "not a device node" : "no such file or directory";
    return Internal("error gathering device information while adding custom device \"" +
                    path_on_host + "\": " + why);
  }
  return devices;
}

bool ParseNumber(const std::string& text, std::optional<int64_t>& out) {
  if (text == "*") {
    out.reset();  // crun takes only a missing number for "any", runc -1 as well
    return true;
  }
  if (text.empty() || text.size() > 18 ||
      text.find_first_not_of("0123456789") != std::string::npos) {
    return false;
  }
  out = std::stoll(text);
  return true;
}

}  // namespace

std::vector<SpecDevice> HostDevices(const std::string& dev) {
  std::vector<SpecDevice> devices;
  Collect(dev, 0, devices);
  return devices;
}

std::vector<SpecDeviceRule> DefaultDeviceRules() {
  std::vector<SpecDeviceRule> rules = {{false, "", {}, {}, "rwm"}};
  constexpr int kAllowed[][2] = {{1, 5}, {1, 3}, {1, 9}, {1, 8}, {5, 0}, {5, 1}};
  for (const auto& [major, minor] : kAllowed) rules.push_back({true, "c", major, minor, "rwm"});
  rules.push_back({false, "c", 10, 229, "rwm"});  // fuse
  return rules;
}

Result<SpecDeviceRule> ParseDeviceRule(const std::string& rule) {
  Error bad = InvalidArgument("invalid device cgroup rule format: '" + rule + "'");
  size_t colon = rule.find(':');
  if (rule.size() < 7 || colon == std::string::npos || rule[1] != ' ' ||
      std::string("acb").find(rule[0]) == std::string::npos) {
    return bad;
  }
  size_t space = rule.find(' ', colon);
  if (space == std::string::npos) return bad;
  SpecDeviceRule result;
  result.allow = true;
  result.type = rule.substr(0, 1);
  result.access = rule.substr(space + 1);
  if (!ParseNumber(rule.substr(2, colon - 2), result.major) ||
      !ParseNumber(rule.substr(colon + 1, space - colon - 1), result.minor) ||
      result.access.empty() || result.access.size() > 3 ||
      result.access.find_first_not_of("rwm") != std::string::npos) {
    return bad;
  }
  return result;
}

Status AddDevices(const types::HostConfig& host_config, SpecLinux& linux_part) {
  auto& rules = linux_part.resources.devices;
  if (host_config.privileged) {
    linux_part.devices = HostDevices();
    rules = {{true, "", {}, {}, "rwm"}};
  }
  for (const auto& mapping : host_config.resources.devices) {
    if (host_config.privileged && mapping.path_on_host == mapping.path_in_container) continue;
    BUOY_ASSIGN(auto devices, DevicesFrom(mapping.path_on_host, mapping.path_in_container.empty()
                                                                    ? mapping.path_on_host
                                                                    : mapping.path_in_container));
    for (auto& device : devices) {
      if (!host_config.privileged) {
        rules.push_back(AllowRule(device, mapping.cgroup_permissions));
      }
      linux_part.devices.push_back(std::move(device));
    }
  }
  if (!host_config.privileged) {
    for (const auto& text : host_config.resources.device_cgroup_rules) {
      BUOY_ASSIGN(auto rule, ParseDeviceRule(text));
      rules.push_back(std::move(rule));
    }
  }
  if (!host_config.resources.device_requests.empty()) {
    const auto& request = host_config.resources.device_requests.front();
    std::string capabilities = "[";
    for (const auto& group : request.capabilities) {
      if (capabilities.size() > 1) capabilities += " ";
      capabilities += "[";
      for (size_t i = 0; i < group.size(); ++i) capabilities += (i ? " " : "") + group[i];
      capabilities += "]";
    }
    return InvalidArgument("could not select device driver \"" + request.driver +
                           "\" with capabilities: " + capabilities + "]");
  }
  return Ok();
}

}  // namespace buoy::oci
