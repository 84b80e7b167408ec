#include "daemon/server/options.h"

#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/config/structured.h"
#include "daemon/logging/log.h"

namespace buoy::server {
namespace {

constexpr char kCgroupDriverOption[] = "native.cgroupdriver=";

std::vector<types::Ulimit> Ulimits(const config::Map& configured) {
  std::vector<types::Ulimit> out;
  for (const auto& [name, text] : configured) {
    const config::UlimitRange range = config::SplitUlimit(text);
    out.push_back({.name = name, .hard = range.hard, .soft = range.soft});
  }
  return out;
}

// "" = built-in, "unconfined", else the JSON of the file.
Result<std::string> SeccompProfile(const std::string& setting) {
  if (setting.empty() || setting == "builtin") return std::string();
  if (setting == "unconfined") return setting;
  auto text = ReadFile(setting, 4 << 20);
  if (!text.ok()) {
    return InvalidArgument("opening seccomp profile (" + setting +
                           ") failed: " + text.error().message());
  }
  return text;
}

}  // namespace

oci::RuntimeOptions RuntimeOptions(const config::Settings& settings) {
  oci::RuntimeOptions out;
  for (const auto& [name, json] : settings.GetMap("runtimes")) {
    config::RuntimeEntry entry = config::SplitRuntime(json);
    out.configured[name] = {entry.path, entry.args};
  }
  out.default_name = settings.String("default-runtime");
  out.scratch_dir = settings.String("exec-root");
  return out;
}

Result<oci::HostSettings> HostSettings(const config::Settings& settings) {
  oci::HostSettings out;
  out.data_root = settings.String("data-root");
  out.ulimits = Ulimits(settings.GetMap("default-ulimits"));
  out.init = settings.Bool("init");
  out.init_path = settings.String("init-path");
  out.cgroup_parent = settings.String("cgroup-parent");
  for (const auto& option : settings.GetList("exec-opts")) {
    if (option == std::string(kCgroupDriverOption) + "systemd") out.systemd_cgroup = true;
  }
  out.default_cgroupns_mode = settings.String("default-cgroupns-mode");
  out.default_ipc_mode = settings.String("default-ipc-mode");
  out.default_shm_size = settings.Int("default-shm-size");
  out.no_new_privileges = settings.Bool("no-new-privileges");
  BUOY_ASSIGN(out.seccomp_profile, SeccompProfile(settings.String("seccomp-profile")));
  out.cgroups = oci::DetectHostCgroups();
  out.sys_info = oci::ReadSysInfo(out.cgroups);
  return out;
}

container::Options ContainerOptions(const config::Settings& settings, oci::HostSettings host,
                                    std::shared_ptr<const oci::Runtimes> runtimes) {
  container::Options out;
  out.data_root = settings.String("data-root");
  out.exec_root = settings.String("exec-root");
  out.runtimes = std::move(runtimes);
  out.host = std::move(host);
  out.log_defaults.type = settings.String("log-driver");
  out.log_defaults.config = settings.GetMap("log-opts");
  out.shutdown_timeout = static_cast<int>(settings.Int("shutdown-timeout"));
  out.live_restore = settings.Bool("live-restore");
  out.stdio_buffer_size = settings.Int("stdio-buffer-size");
  return out;
}

network::Options NetworkOptions(const config::Settings& settings) {
  network::Options out;
  out.data_root = settings.String("data-root");
  out.exec_root = settings.String("exec-root");
  out.bridge = settings.String("bridge");
  out.bip = settings.String("bip");
  out.bip6 = settings.String("bip6");
  out.fixed_cidr = settings.String("fixed-cidr");
  out.fixed_cidr_v6 = settings.String("fixed-cidr-v6");
  out.default_gateway = settings.String("default-gateway");
  out.default_gateway_v6 = settings.String("default-gateway-v6");
  if (settings.Int("mtu") > 0) out.mtu = static_cast<int>(settings.Int("mtu"));
  out.ipv6 = settings.Bool("ipv6");
  out.icc = settings.Bool("icc");
  out.ip_forward = settings.Bool("ip-forward");
  out.ip_forward_no_drop = settings.Bool("ip-forward-no-drop");
  out.ip_masq = settings.Bool("ip-masq");
  out.iptables = settings.Bool("iptables");
  out.ip6tables = settings.Bool("ip6tables");
  out.userland_proxy = settings.Bool("userland-proxy");
  const std::string& publish = settings.String("ip");
  if (publish != "0.0.0.0") out.default_publish_ip = publish;
  for (const auto& pool : settings.GetList("default-address-pools")) {
    const config::AddressPool parsed = config::SplitPool(pool);
    out.default_address_pools.push_back({parsed.base, parsed.size});
  }
  out.serve_dns = true;
  out.dns = settings.GetList("dns");
  out.dns_options = settings.GetList("dns-opts");
  out.dns_search = settings.GetList("dns-search");
  out.host_gateway_ips = settings.GetList("host-gateway-ips");
  out.resolv_conf_path = settings.String("resolv-conf");
  return out;
}

distribution::Settings RegistrySettings(const config::Settings& settings) {
  distribution::Settings out;
  out.mirrors = settings.GetList("registry-mirrors");
  out.insecure = settings.GetList("insecure-registries");
  // The daemon's own environment counts where the configuration is silent.
  auto proxy = [&](const char* key, const char* upper, const char* lower) {
    if (!settings.String(key).empty()) return settings.String(key);
    for (const char* name : {upper, lower}) {
      if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
        return std::string(value);
      }
    }
    return std::string();
  };
  out.proxies = {proxy("http-proxy", "HTTP_PROXY", "http_proxy"),
                 proxy("https-proxy", "HTTPS_PROXY", "https_proxy"),
                 proxy("no-proxy", "NO_PROXY", "no_proxy")};
  out.max_downloads = static_cast<int>(settings.Int("max-concurrent-downloads"));
  out.max_uploads = static_cast<int>(settings.Int("max-concurrent-uploads"));
  out.download_attempts = static_cast<int>(settings.Int("max-download-attempts"));
  return out;
}

void ApplyLogSettings(const config::Settings& settings) {
  auto level = log::ParseLevel(settings.String("log-level"));
  log::SetLevel(settings.Bool("debug") ? log::Level::kDebug : level.value_or(log::Level::kInfo));
  log::SetFormat(settings.String("log-format") == "json" ? log::Format::kJson : log::Format::kText);
}

}  // namespace buoy::server
