#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/result/result.h"

namespace buoy::oci {

// A seccomp profile as Docker writes them: OCI's format plus conditions on capabilities,
// architecture and kernel.
struct SeccompArg {
  uint32_t index = 0;
  uint64_t value = 0;
  uint64_t value_two = 0;
  std::string op;
};
struct SeccompCondition {
  std::vector<std::string> caps;
  std::vector<std::string> arches;  // Go's names
  std::string min_kernel;           // "4.8"
};
struct SeccompRule {
  std::vector<std::string> names;
  std::string name;  // the old form of a single name
  std::string action;
  std::optional<uint32_t> errno_ret;
  std::vector<SeccompArg> args;
  std::optional<SeccompCondition> includes;
  std::optional<SeccompCondition> excludes;
};
struct SeccompArch {
  std::string architecture;
  json::List<std::string> sub_architectures;
};
struct SeccompProfile {
  std::string default_action;
  std::optional<uint32_t> default_errno_ret;
  std::vector<std::string> architectures;
  std::vector<SeccompArch> arch_map;
  std::vector<std::string> flags;
  std::string listener_path;
  std::string listener_metadata;
  std::vector<SeccompRule> syscalls;
};

// The host that a profile is resolved for.
struct SeccompHost {
  std::string arch;  // Go's name: amd64, arm64 ...
  int kernel = 0;
  int major = 0;
};
SeccompHost ThisSeccompHost();

// Docker's default profile, with its conditions.
const SeccompProfile& DefaultSeccompProfile();

// A profile's JSON; errors start with "Decoding seccomp profile failed: ".
Result<SeccompProfile> ParseSeccompProfile(const std::string& text);

// Drops the rules whose conditions do not hold and the conditions themselves. Default action and
// rules both absent = nullopt: no seccomp. Pure.
Result<std::optional<SeccompProfile>> ResolveSeccomp(const SeccompProfile& profile,
                                                     const std::vector<std::string>& capabilities,
                                                     const SeccompHost& host);

// linux.seccomp of config.json for a resolved profile.
std::string SeccompToJson(const SeccompProfile& resolved);

// linux.seccomp of the default profile for these capabilities; computed once per set.
Result<std::string> DefaultSeccompJson(const std::vector<std::string>& capabilities);
// The same for a custom profile's text.
Result<std::string> CustomSeccompJson(const std::string& profile,
                                      const std::vector<std::string>& capabilities);

}  // namespace buoy::oci
