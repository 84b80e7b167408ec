#include "cli/opts/devices.h"

#include <algorithm>

#include "cli/flags/strconv.h"
#include "cli/flags/units.h"
#include "cli/opts/text.h"
#include "cli/opts/volume_path.h"

namespace buoy::cli::opts {
namespace {

Result<CutResult> CutDevice(const std::string& text) {
  CutResult cut = Cut(text, ':');
  if (!cut.found || cut.before.empty()) return InvalidArgument("bad format: " + text);
  if (!cut.before.starts_with("/dev/")) {
    return InvalidArgument("bad format for device path: " + text);
  }
  return cut;
}

bool IsMode(const std::string& mode) {
  std::string sorted = mode;
  std::sort(sorted.begin(), sorted.end());
  return !mode.empty() && mode.find_first_not_of("rwm") == std::string::npos &&
         std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

std::string Clean(const std::string& path) {
  std::string clean = std::filesystem::path(path).lexically_normal().string();
  if (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean;
}

}  // namespace

Result<types::ThrottleDevice> ParseBpsDevice(const std::string& text) {
  BUOY_ASSIGN(CutResult cut, CutDevice(text));
  auto rate = RamInBytes(cut.after);
  if (!rate.ok() || *rate < 0) {
    return InvalidArgument("invalid rate for device: " + text +
                           ". The correct format is <device-path>:<number>[<unit>]. Number must be "
                           "a positive integer. Unit is optional and can be kb, mb, or gb");
  }
  return types::ThrottleDevice{cut.before, static_cast<uint64_t>(*rate)};
}

Result<types::ThrottleDevice> ParseIopsDevice(const std::string& text) {
  BUOY_ASSIGN(CutResult cut, CutDevice(text));
  auto rate = ParseUint(cut.after);
  if (!rate.ok()) {
    return InvalidArgument("invalid rate for device: " + text +
                           ". The correct format is <device-path>:<number>. Number must be a "
                           "positive integer");
  }
  return types::ThrottleDevice{cut.before, *rate};
}

Result<types::WeightDevice> ParseWeightDevice(const std::string& text) {
  BUOY_ASSIGN(CutResult cut, CutDevice(text));
  auto weight = ParseUint(cut.after, 10, 16);
  if (!weight.ok() || (*weight > 0 && (*weight < 10 || *weight > 1000))) {
    return InvalidArgument("invalid weight for device: " + text);
  }
  return types::WeightDevice{cut.before, static_cast<uint16_t>(*weight)};
}

Result<types::DeviceMapping> ParseDevice(const std::string& text) {
  std::vector<std::string> parts = Split(text, ':');
  if (parts.size() > 3 || parts[0].empty()) {
    return InvalidArgument("bad format for path: " + text);
  }
  types::DeviceMapping out{parts[0], parts[0], "rwm"};
  if (parts.size() == 1) {
    out.path_on_host = out.path_in_container = Clean(parts[0]);
  } else if (parts.size() == 2 && IsMode(parts[1])) {
    out.path_on_host = out.path_in_container = Clean(parts[0]);
    out.cgroup_permissions = parts[1];
  } else if (parts.size() == 2) {
    out.path_in_container = Clean(parts[1]);
  } else {
    out.path_in_container = parts[1];
    if (!IsMode(parts[2])) return InvalidArgument("bad mode specified: " + parts[2]);
    out.cgroup_permissions = parts[2];
  }
  if (!out.path_in_container.starts_with('/')) {
    return InvalidArgument(out.path_in_container + " is not an absolute path");
  }
  return out;
}

bool IsCdiName(const std::string& text) {
  size_t slash = text.find('/');
  size_t equals = text.find('=');
  if (slash == std::string::npos || equals == std::string::npos || equals < slash) return false;
  auto word = [](const std::string& part) {
    return !part.empty() && std::isalnum(static_cast<unsigned char>(part.front())) &&
           part.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
               "-_.:") == std::string::npos;
  };
  return word(text.substr(0, slash)) && word(text.substr(slash + 1, equals - slash - 1)) &&
         word(text.substr(equals + 1));
}

}  // namespace buoy::cli::opts
