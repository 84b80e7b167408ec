#include "daemon/oci/seccomp.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>

#include "common/json/codec.h"

namespace buoy::oci {

template <class V>
void Fields(V& v, SeccompArg& s) {
  v("index", s.index);
  v("value", s.value);
  v("valueTwo", s.value_two, json::kOmitEmpty);
  v("op", s.op);
}
template <class V>
void Fields(V& v, SeccompCondition& s) {
  v("caps", s.caps, json::kOmitEmpty);
  v("arches", s.arches, json::kOmitEmpty);
  v("minKernel", s.min_kernel, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SeccompRule& s) {
  v("names", s.names);
  v("name", s.name, json::kOmitEmpty);
  v("action", s.action);
  v("errnoRet", s.errno_ret, json::kOmitEmpty);
  v("args", s.args, json::kOmitEmpty);
  v("includes", s.includes, json::kOmitEmpty);
  v("excludes", s.excludes, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SeccompArch& s) {
  v("architecture", s.architecture);
  v("subArchitectures", s.sub_architectures);
}
template <class V>
void Fields(V& v, SeccompProfile& s) {
  v("defaultAction", s.default_action);
  v("defaultErrnoRet", s.default_errno_ret, json::kOmitEmpty);
  v("architectures", s.architectures, json::kOmitEmpty);
  v("archMap", s.arch_map, json::kOmitEmpty);
  v("flags", s.flags, json::kOmitEmpty);
  v("listenerPath", s.listener_path, json::kOmitEmpty);
  v("listenerMetadata", s.listener_metadata, json::kOmitEmpty);
  v("syscalls", s.syscalls);
}

namespace {

struct ArchName {
  const char* machine;  // uname -m
  const char* go;
  const char* seccomp;
};
constexpr ArchName kArchNames[] = {
    {"x86_64", "amd64", "SCMP_ARCH_X86_64"},
    {"aarch64", "arm64", "SCMP_ARCH_AARCH64"},
    {"i686", "x86", "SCMP_ARCH_X86"},
    {"armv7l", "arm", "SCMP_ARCH_ARM"},
    {"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"},
    {"s390x", "s390x", "SCMP_ARCH_S390X"},
    {"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
    {"mips64", "mips64", "SCMP_ARCH_MIPS64"},
    {"loongarch64", "loongarch64", "SCMP_ARCH_LOONGARCH64"},
};

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// "4.8" against the host.
Result<bool> KernelAtLeast(const std::string& wanted, const SeccompHost& host) {
  int kernel = 0, major = 0, used = 0;
  if (sscanf(wanted.c_str(), "%d.%d%n", &kernel, &major, &used) != 2 ||
      static_cast<size_t>(used) != wanted.size() || (kernel == 0 && major == 0)) {
    return InvalidArgument("invalid kernel version: \"" + wanted +
                           "\", expected \"<kernel>.<major>\"");
  }
  return host.kernel > kernel || (host.kernel == kernel && host.major >= major);
}

Result<bool> Included(const SeccompRule& rule, const std::vector<std::string>& capabilities,
                      const SeccompHost& host) {
  if (rule.excludes) {
    if (Contains(rule.excludes->arches, host.arch)) return false;
    for (const auto& cap : rule.excludes->caps) {
      if (Contains(capabilities, cap)) return false;
    }
    if (!rule.excludes->min_kernel.empty()) {
      BUOY_ASSIGN(bool reached, KernelAtLeast(rule.excludes->min_kernel, host));
      if (reached) return false;
    }
  }
  if (rule.includes) {
    if (!rule.includes->arches.empty() && !Contains(rule.includes->arches, host.arch)) return false;
    for (const auto& cap : rule.includes->caps) {
      if (!Contains(capabilities, cap)) return false;
    }
    if (!rule.includes->min_kernel.empty()) {
      return KernelAtLeast(rule.includes->min_kernel, host);
    }
  }
  return true;
}

}  // namespace

SeccompHost ThisSeccompHost() {
  SeccompHost host;
  utsname name{};
  if (uname(&name) != 0) return host;
  for (const auto& arch : kArchNames) {
    if (std::string(name.machine) == arch.machine) host.arch = arch.go;
  }
  sscanf(name.release, "%d.%d", &host.kernel, &host.major);
  return host;
}

Result<SeccompProfile> ParseSeccompProfile(const std::string& text) {
  auto profile = FromJson<SeccompProfile>(text);
  if (!profile.ok()) return profile.error().Context("Decoding seccomp profile failed");
  return profile;
}

Result<std::optional<SeccompProfile>> ResolveSeccomp(const SeccompProfile& profile,
                                                     const std::vector<std::string>& capabilities,
                                                     const SeccompHost& host) {
  if (profile.default_action.empty() && profile.syscalls.empty()) {
    return std::optional<SeccompProfile>();
  }
  if (!profile.architectures.empty() && !profile.arch_map.empty()) {
    return InvalidArgument(
        "both 'architectures' and 'archMap' are specified in the seccomp profile, use either "
        "'architectures' or 'archMap'");
  }
  SeccompProfile resolved = profile;
  resolved.arch_map.clear();
  resolved.syscalls.clear();
  for (const auto& name : kArchNames) {
    if (host.arch != name.go) continue;
    for (const auto& family : profile.arch_map) {
      if (family.architecture != name.seccomp) continue;
      resolved.architectures = {family.architecture};
      resolved.architectures.insert(resolved.architectures.end(), family.sub_architectures.begin(),
                                    family.sub_architectures.end());
    }
  }
  for (SeccompRule rule : profile.syscalls) {
    if (!rule.name.empty()) {
      if (!rule.names.empty()) {
        return InvalidArgument(
            "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or "
            "'names'");
      }
      rule.names = {std::exchange(rule.name, {})};
    }
    BUOY_ASSIGN(bool included, Included(rule, capabilities, host));
    if (!included) continue;
    rule.includes.reset();
    rule.excludes.reset();
    resolved.syscalls.push_back(std::move(rule));
  }
  return std::optional<SeccompProfile>(std::move(resolved));
}

std::string SeccompToJson(const SeccompProfile& resolved) { return ToJson(resolved); }

Result<std::string> DefaultSeccompJson(const std::vector<std::string>& capabilities) {
  static std::mutex mutex;
  static std::map<std::vector<std::string>, std::string> cache;
  std::lock_guard lock(mutex);
  auto found = cache.find(capabilities);
  if (found != cache.end()) return found->second;
  BUOY_ASSIGN(auto resolved,
              ResolveSeccomp(DefaultSeccompProfile(), capabilities, ThisSeccompHost()));
  std::string text = SeccompToJson(*resolved);
  if (cache.size() >= 64) cache.clear();  // users vary capabilities a little, not endlessly
  cache.emplace(capabilities, text);
  return text;
}

Result<std::string> CustomSeccompJson(const std::string& text,
                                      const std::vector<std::string>& capabilities) {
  BUOY_ASSIGN(auto profile, ParseSeccompProfile(text));
  BUOY_ASSIGN(auto resolved, ResolveSeccomp(profile, capabilities, ThisSeccompHost()));
  if (!resolved) return std::string();
  return SeccompToJson(*resolved);
}

}  // namespace buoy::oci
