#include "daemon/oci/spec.h"

#include "daemon/oci/devices.h"
#include "daemon/oci/resources.h"
#include "daemon/oci/seccomp.h"
#include "daemon/oci/spec_parts.h"

namespace buoy::oci {
namespace {

Result<std::string> SeccompFor(const SpecInput& input, const SecurityOptions& security,
                               const std::vector<std::string>& capabilities) {
  const std::string& own = security.seccomp_profile;
  if (own == "unconfined") return std::string();
  if (input.host_config->privileged && own.empty()) return std::string();
  if (!input.host->sys_info.seccomp) {
    if (!own.empty() && own != "builtin") {
      return InvalidArgument(
          "seccomp is not enabled in your kernel, cannot run a custom seccomp profile");
    }
    return std::string();
  }
  if (own == "builtin") return DefaultSeccompJson(capabilities);
  const std::string& profile = own.empty() ? input.host->seccomp_profile : own;
  if (profile == "unconfined") return std::string();
  if (profile.empty() || profile == "builtin") return DefaultSeccompJson(capabilities);
  return CustomSeccompJson(profile, capabilities);
}

void FillPaths(const types::HostConfig& host_config, const SecurityOptions& security,
               SpecLinux& linux_part) {
  if (security.unconfined_paths) return;
  auto pick = [&](const json::List<std::string>& own, const std::vector<std::string>& defaults) {
    bool given = !own.empty() || !own.is_null;
    if (given) return std::vector<std::string>(own.begin(), own.end());
    return host_config.privileged ? std::vector<std::string>() : defaults;
  };
  linux_part.masked_paths = pick(host_config.masked_paths, DefaultMaskedPaths());
  linux_part.readonly_paths = pick(host_config.readonly_paths, DefaultReadonlyPaths());
}

std::string CgroupsPath(const SpecInput& input) {
  const std::string& own = input.host_config->resources.cgroup_parent;
  return CgroupsPathFor(own.empty() ? input.host->cgroup_parent : own, input.host->systemd_cgroup,
                        input.id);
}

}  // namespace

Result<std::string> BuildSpec(const SpecInput& input) {
  const auto& host_config = *input.host_config;
  BUOY_ASSIGN(SecurityOptions security,
              ParseSecurityOptions(host_config.security_opt, *input.host));
  Spec spec;
  spec.root = {input.rootfs, host_config.readonly_rootfs};
  BUOY_ASSIGN(spec.process, BuildProcess(input, security));
  auto& linux_part = spec.linux_part;
  linux_part.cgroups_path = CgroupsPath(input);
  BUOY_TRY(FillResources(host_config.resources, linux_part.resources));
  linux_part.resources.devices = DefaultDeviceRules();
  BUOY_TRY(AddDevices(host_config, linux_part));
  FillNamespaces(input, spec);
  BUOY_TRY(FillSysctls(input, spec));
  BUOY_ASSIGN(linux_part.seccomp.text,
              SeccompFor(input, security, spec.process.capabilities->bounding));
  BUOY_TRY(FillMounts(input, security, spec));
  FillPaths(host_config, security, linux_part);
  spec.annotations = host_config.annotations;
  return SpecToJson(spec);
}

}  // namespace buoy::oci
