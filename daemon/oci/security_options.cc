#include <algorithm>

#include "daemon/oci/spec.h"

namespace buoy::oci {
namespace {

// Go's strconv.ParseBool.
Result<bool> ParseBool(const std::string& text, const Error& bad) {
  static const char* const kTrue[] = {"1", "t", "T", "true", "TRUE", "True"};
  static const char* const kFalse[] = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(std::begin(kTrue), std::end(kTrue), text) != std::end(kTrue)) return true;
  if (std::find(std::begin(kFalse), std::end(kFalse), text) != std::end(kFalse)) return false;
  return bad;
}

}  // namespace

Result<SecurityOptions> ParseSecurityOptions(const std::vector<std::string>& options,
                                             const HostSettings& host) {
  SecurityOptions result;
  result.no_new_privileges = host.no_new_privileges;
  for (const auto& option : options) {
    if (option == "no-new-privileges") {
      result.no_new_privileges = true;
      continue;
    }
    if (option == "writable-cgroups") {
      result.writable_cgroups = true;
      continue;
    }
    if (option == "disable") {
      result.label_disabled = true;
      continue;
    }
    size_t separator = option.find('=');
    if (separator == std::string::npos) separator = option.find(':');
    if (separator == std::string::npos) {
      return InvalidArgument("invalid --security-opt 1: \"" + option + "\"");
    }
    std::string key = option.substr(0, separator), value = option.substr(separator + 1);
    Error bad = InvalidArgument("invalid --security-opt 2: \"" + option + "\"");
    if (key == "label") {
      result.label_disabled = result.label_disabled || value == "disable";
    } else if (key == "apparmor") {
      result.apparmor_profile = value;
    } else if (key == "seccomp") {
      result.seccomp_profile = value;
    } else if (key == "no-new-privileges") {
      BUOY_ASSIGN(result.no_new_privileges, ParseBool(value, bad));
    } else if (key == "writable-cgroups") {
      BUOY_ASSIGN(result.writable_cgroups, ParseBool(value, bad));
    } else if (key == "systempaths" && value == "unconfined") {
      result.unconfined_paths = true;
    } else {
      return bad;
    }
  }
  return result;
}

}  // namespace buoy::oci
