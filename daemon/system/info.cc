#include <algorithm>

#include "common/gotime/time.h"
#include "common/version/version.h"
#include "daemon/config/structured.h"
#include "daemon/config/text.h"
#include "daemon/system/generic_resources.h"
#include "daemon/system/system_service.h"

namespace buoy::system {
namespace {

constexpr char kIndexServer[] = "https://index.docker.io/v1/";

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

void DescribeLimits(const oci::SysInfo& sys, types::SystemInfo& info) {
  info.memory_limit = sys.memory_limit;
  info.swap_limit = sys.swap_limit;
  info.cpu_cfs_period = info.cpu_cfs_quota = sys.cpu_cfs;
  info.cpu_shares = sys.cpu_shares;
  info.cpu_set = sys.cpuset;
  info.pids_limit = sys.pids_limit;
  info.ipv4_forwarding = sys.ipv4_forwarding;
  info.oom_kill_disable = sys.oom_kill_disable;
  for (const auto& warning : sys.warnings) info.warnings.push_back("WARNING: " + warning);
}

void DescribeRuntimes(const oci::Runtimes& runtimes, types::SystemInfo& info) {
  info.default_runtime = runtimes.default_name();
  for (const auto& [name, runtime] : runtimes.all()) {
    types::RuntimeInfo entry;
    entry.path = runtime.path;
    entry.runtime_args = json::List<std::string>(runtime.args);
    info.runtimes[name] = entry;
    if (name == runtimes.default_name()) info.runc_commit.id = runtime.commit;
  }
}

void DescribeSettings(const config::Settings& settings, types::SystemInfo& info) {
  info.debug = settings.Bool("debug");
  info.logging_driver = settings.String("log-driver");
  info.docker_root_dir = settings.String("data-root");
  info.http_proxy = config::MaskCredentials(settings.String("http-proxy"));
  info.https_proxy = config::MaskCredentials(settings.String("https-proxy"));
  info.no_proxy = settings.String("no-proxy");
  info.labels = json::List<std::string>(settings.GetList("labels"));
  info.labels.is_null = false;
  info.experimental_build = settings.Bool("experimental");
  info.live_restore_enabled = settings.Bool("live-restore");
  info.generic_resources.text = GenericResourcesJson(settings.GetList("node-generic-resources"));
  info.registry_config = DescribeRegistries(settings.GetList("insecure-registries"),
                                            settings.GetList("registry-mirrors"));
}

json::List<std::string> SecurityOptions(const oci::HostSettings& host, const oci::SysInfo& sys) {
  auto out = json::List<std::string>::Empty();
  if (sys.apparmor) out.push_back("name=apparmor");
  if (sys.seccomp) {
    std::string profile = "custom";
    if (host.seccomp_profile.empty() || host.seccomp_profile == "builtin") profile = "builtin";
    if (host.seccomp_profile == "unconfined") profile = "unconfined";
    out.push_back("name=seccomp,profile=" + profile);
  }
  if (sys.cgroup_namespaces) out.push_back("name=cgroupns");
  if (host.no_new_privileges) out.push_back("name=no-new-privileges");
  return out;
}

}  // namespace

Result<types::SystemInfo> SystemService::Info() {
  const Running running = areas_.running();
  const oci::SysInfo sys = oci::ReadSysInfo(running.host.cgroups);
  types::SystemInfo info;
  info.id = areas_.engine_id;
  const ContainerCounts counts = areas_.count_containers();
  info.containers = counts.total;
  info.containers_running = counts.running;
  info.containers_paused = counts.paused;
  info.containers_stopped = counts.stopped;
  BUOY_ASSIGN(auto images, areas_.images.List({.all = true}));
  info.images = static_cast<int>(images.size());
  info.driver = areas_.storage.name();
  for (const auto& [key, value] : areas_.storage.StatusRows()) {
    info.driver_status.push_back({key, value});
  }
  info.plugins.volume = areas_.volume_drivers();
  info.plugins.network = {"bridge", "host", "null"};
  const config::List& authorization = running.settings->GetList("authorization-plugins");
  info.plugins.authorization = json::List<std::string>(authorization);
  info.plugins.authorization.is_null = authorization.empty();
  info.plugins.log = {"json-file", "local", "none"};
  info.warnings.is_null = true;
  DescribeLimits(sys, info);
  DescribeRuntimes(*running.runtimes, info);
  DescribeSettings(*running.settings, info);
  info.n_fd = OpenDescriptors();
  info.n_goroutines = Threads();
  info.n_events_listener = areas_.events.subscribers();
  info.system_time = gotime::FormatRfc3339Nano(gotime::Now());
  info.cgroup_driver = running.host.systemd_cgroup ? "systemd" : "cgroupfs";
  if (running.host.cgroups.mode == oci::CgroupMode::kNone) info.cgroup_driver = "none";
  info.cgroup_version = running.host.cgroups.version();
  info.kernel_version = host_.kernel_version;
  info.operating_system = host_.operating_system;
  info.os_version = host_.os_version;
  info.os_type = "linux";
  info.architecture = host_.architecture;
  info.index_server_address = kIndexServer;
  info.ncpu = host_.cpus;
  info.mem_total = host_.memory;
  info.name = host_.name;
  info.server_version = kVersion;
  info.swarm.local_node_state = SwarmStatus();  // the rest is the swarm's own to say
  auto init = oci::FindInit(running.host.init_path);
  info.init_binary = init.ok() ? BaseName(*init) : "";
  info.security_options = SecurityOptions(running.host, sys);
  for (const auto& pool : running.settings->GetList("default-address-pools")) {
    const config::AddressPool parsed = config::SplitPool(pool);
    info.default_address_pools.push_back({parsed.base, parsed.size});
  }
  return info;
}

}  // namespace buoy::system
