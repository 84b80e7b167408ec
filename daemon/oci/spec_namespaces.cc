#include <algorithm>

#include "common/unix/file.h"
#include "daemon/oci/modes.h"
#include "daemon/oci/spec_parts.h"

namespace buoy::oci {
namespace {

// runc refuses to write an unknown sysctl, so the defaults depend on the kernel.
bool SysctlExists(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return PathExists("/proc/sys/" + name);
}

bool SharesHostNetwork(const SpecInput& input) {
  return input.host_config->network_mode == "host" && !input.config->network_disabled;
}

}  // namespace

void FillNamespaces(const SpecInput& input, Spec& spec) {
  const auto& host_config = *input.host_config;
  auto& namespaces = spec.linux_part.namespaces;
  namespaces.push_back({"mount", ""});
  if (!SharesHostNetwork(input)) namespaces.push_back({"network", input.netns_path});
  if (host_config.uts_mode != "host") {
    namespaces.push_back({"uts", ""});
    spec.hostname = input.config->hostname;
  }
  if (host_config.pid_mode != "host") namespaces.push_back({"pid", input.pid_ns_path});
  if (host_config.ipc_mode != "host") namespaces.push_back({"ipc", input.ipc_ns_path});
  if (host_config.cgroupns_mode == "private" && input.host->sys_info.cgroup_namespaces) {
    namespaces.push_back({"cgroup", ""});
  }
}

Status FillSysctls(const SpecInput& input, Spec& spec) {
  auto& sysctls = spec.linux_part.sysctl;
  const std::string& network = input.host_config->network_mode;
  if (!input.config->domainname.empty() && input.host_config->uts_mode != "host") {
    sysctls["kernel.domainname"] = input.config->domainname;
  }
  if (network != "host" && !IsContainerMode(network)) {
    if (SysctlExists("net.ipv4.ping_group_range")) {
      sysctls["net.ipv4.ping_group_range"] = "0 2147483647";
    }
    if (SysctlExists("net.ipv4.ip_unprivileged_port_start")) {
      sysctls["net.ipv4.ip_unprivileged_port_start"] = "0";
    }
  }
  for (const auto& [name, value] : input.host_config->sysctls) {
    if (SharesHostNetwork(input) && name.starts_with("net.")) {
      return CreateFailure("sysctl \"" + name + "\" not allowed in host network namespace", {})
          .error;
    }
    sysctls[name] = value;
  }
  return Ok();
}

}  // namespace buoy::oci
