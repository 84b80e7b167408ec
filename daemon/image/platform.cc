#include <sys/utsname.h>

#include <algorithm>

#include "daemon/image/image_config.h"

namespace buoy::image {

namespace {

std::string NormalArchitecture(std::string_view name, std::string* variant) {
  if (name == "x86_64" || name == "x86-64" || name == "amd64") return "amd64";
  if (name == "aarch64" || name == "arm64") {
    if (*variant == "8" || *variant == "v8") variant->clear();
    return "arm64";
  }
  if (name == "i386" || name == "i686" || name == "386") return "386";
  if (name == "armhf" || name == "armv7l") {
    *variant = "v7";
    return "arm";
  }
  if (name == "armel") {
    *variant = "v6";
    return "arm";
  }
  return std::string(name);
}

bool IsPart(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-';
  });
}

Error Invalid(std::string_view text, const std::string& why) {
  return InvalidArgument("\"" + std::string(text) + "\": " + why + ": invalid argument");
}

}  // namespace

std::string Platform::String() const {
  if (os.empty()) return "unknown";
  return os + (architecture.empty() ? "" : "/" + architecture) +
         (variant.empty() ? "" : "/" + variant);
}

Platform HostPlatform() {
  static const Platform host = [] {
    utsname info;
    ::uname(&info);
    Platform platform{"linux", "", ""};
    platform.architecture = NormalArchitecture(info.machine, &platform.variant);
    return platform;
  }();
  return host;
}

Result<Platform> ParsePlatform(std::string_view text) {
  if (text.empty()) return HostPlatform();
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find('/', at), text.size());
    std::string_view part = text.substr(at, end - at);
    if (!IsPart(part)) {
      return Invalid(text, "\"" + std::string(part) +
                               "\" is an invalid component: platform specifier component must "
                               "match \"^[A-Za-z0-9_.-]+$\"");
    }
    parts.emplace_back(part);
    at = end + 1;
  }
  for (auto& part : parts) {
    std::transform(part.begin(), part.end(), part.begin(), ::tolower);
  }
  Platform platform;
  if (parts.size() == 1) {  // an operating system or an architecture
    if (parts[0] == "linux" || parts[0] == "windows" || parts[0] == "darwin" ||
        parts[0] == "freebsd") {
      return Platform{parts[0], HostPlatform().architecture, ""};
    }
    platform.os = "linux";
    platform.architecture = NormalArchitecture(parts[0], &platform.variant);
    return platform;
  }
  if (parts.size() > 3) return Invalid(text, "cannot parse platform specifier");
  platform.os = parts[0];
  if (parts.size() == 3) platform.variant = parts[2];
  platform.architecture = NormalArchitecture(parts[1], &platform.variant);
  return platform;
}

bool PlatformMatches(const Platform& want, const Platform& have) {
  Platform other = have;
  if (other.os.empty()) other.os = "linux";
  other.architecture = NormalArchitecture(other.architecture, &other.variant);
  if (want.os != other.os || want.architecture != other.architecture) return false;
  // An image that names no variant will do, and so will one for an older one ("v6" for "v7").
  return want.variant.empty() || other.variant.empty() || other.variant <= want.variant;
}

}  // namespace buoy::image
