#include "daemon/container/views.h"

#include <algorithm>

#include "common/gotime/time.h"
#include "common/net/port.h"
#include "daemon/container/health_store.h"
#include "daemon/container/list_filter.h"
#include "daemon/container/record_handler.h"
#include "daemon/container/status_text.h"
#include "daemon/oci/spec.h"

namespace buoy::container {
namespace {

std::string Stamp(int64_t ns) {
  if (ns == 0) return gotime::FormatRfc3339Nano({});
  return gotime::FormatRfc3339Nano({ns / 1'000'000'000, static_cast<int32_t>(ns % 1'000'000'000)});
}

std::vector<std::string> CommandLine(const ContainerData& data) {
  std::vector<std::string> line(data.config.entrypoint.begin(), data.config.entrypoint.end());
  line.insert(line.end(), data.config.cmd.begin(), data.config.cmd.end());
  return line;
}

std::string CommandText(const ContainerData& data) {
  std::string text;
  for (const auto& part : CommandLine(data)) {
    const bool first = text.empty();
    if (!first) text += ' ';
    text += !first && part.find(' ') != std::string::npos ? "'" + part + "'" : part;
  }
  return text;
}

std::vector<types::PortSummary> Ports(const types::PortMap& ports) {
  std::vector<types::PortSummary> out;
  for (const auto& [text, bindings] : ports) {
    auto port = net::Port::Parse(text);
    if (!port.ok()) continue;
    if (bindings.empty()) out.push_back({"", port->number, 0, port->proto});
    for (const auto& binding : bindings) {
      auto host = static_cast<uint16_t>(std::atoi(binding.host_port.c_str()));
      out.push_back({binding.host_ip, port->number, host, port->proto});
    }
  }
  return out;
}

types::ContainerState DescribeState(const ContainerData& data, const types::Health& health) {
  types::ContainerState state;
  state.status = StateName(data.state);
  state.running = IsRunning(data.state);
  state.paused = data.state == State::kPaused;
  state.restarting = data.state == State::kRestarting;
  state.oom_killed = data.oom_killed;
  state.dead = data.state == State::kDead;
  state.pid = data.pid;
  state.exit_code = data.exit_code;
  state.error = data.error;
  state.started_at = Stamp(data.started_ns);
  state.finished_at = Stamp(data.finished_ns);
  if (!health.status.empty()) state.health = health;
  return state;
}

void CopyDefaultEndpoint(types::NetworkSettings& network) {
  auto bridge = network.networks.find("bridge");
  if (bridge == network.networks.end()) return;
  const types::EndpointSettings& endpoint = bridge->second;
  network.endpoint_id = endpoint.endpoint_id;
  network.gateway = endpoint.gateway;
  network.global_ipv6_address = endpoint.global_ipv6_address;
  network.global_ipv6_prefix_len = endpoint.global_ipv6_prefix_len;
  network.ip_address = endpoint.ip_address;
  network.ip_prefix_len = endpoint.ip_prefix_len;
  network.ipv6_gateway = endpoint.ipv6_gateway;
  network.mac_address = endpoint.mac_address;
}

types::Health HealthWithLog(Container& container) {
  types::Health health;
  std::shared_ptr<shim::ShimClient> client;
  {
    std::lock_guard lock(container.mutex);
    health = container.health;
    client = container.shim;
  }
  if (health.status.empty() || client == nullptr) return health;
  auto report = client->GetHealth();
  if (!report.ok()) return health;
  // One that was started for `wait` or `attach` knows nothing of the last run.
  if (report->status == shim::HealthStatus::kNone) return health;
  health.log = DescribeProbes(*report);
  health.failing_streak = report->failing_streak;
  return health;
}

}  // namespace

types::ContainerSummary Summarize(const ContainerData& data, const std::string& health,
                                  std::vector<std::string> names, int64_t now_ns) {
  types::ContainerSummary out;
  out.id = data.id;
  out.names = std::move(names);
  out.image = data.config.image;
  out.image_id = data.image_id;
  out.command = CommandText(data);
  out.created = data.created_ns / 1'000'000'000;
  out.ports = Ports(data.network.ports);
  if (!data.config.labels.empty()) out.labels = data.config.labels;
  out.state = StateName(data.state);
  out.status =
      StatusText({data.state, data.exit_code, data.started_ns, data.finished_ns, health}, now_ns);
  out.host_config.network_mode = data.host_config.network_mode;
  out.host_config.annotations = data.host_config.annotations;
  out.network_settings.networks = data.network.networks;
  out.network_settings.networks.is_null = false;
  for (const auto& mount : data.mounts) out.mounts.push_back(oci::ToMountPoint(mount));
  return out;
}

types::ContainerInspect Describe(Engine& engine, const ContainerData& data,
                                 const types::Health& health, std::vector<std::string> exec_ids) {
  types::ContainerInspect out;
  out.id = data.id;
  out.created = Stamp(data.created_ns);
  std::vector<std::string> line = CommandLine(data);
  if (!line.empty()) {
    out.path = line[0];
    out.args.assign(line.begin() + 1, line.end());
  }
  out.state = DescribeState(data, health);
  out.image = data.image_id;
  const std::string root = engine.Root(data.id);
  if (data.has_been_started) {
    out.resolv_conf_path = root + "/resolv.conf";
    out.hostname_path = root + "/hostname";
    out.hosts_path = root + "/hosts";
    out.log_path = data.host_config.log_config.type == "json-file" ? engine.LogPath(data) : "";
  }
  out.name = "/" + data.name;
  out.restart_count = data.restart_count;
  out.driver = data.driver;
  out.platform = data.platform;
  if (!exec_ids.empty()) out.exec_ids = json::List<std::string>(std::move(exec_ids));
  out.host_config = data.host_config;
  out.host_config.links = {};
  for (const auto& [alias, id] : data.links) {
    auto child = engine.registry.Get(id);
    if (child == nullptr) continue;
    out.host_config.links.push_back("/" + child->Snapshot().name + ":/" + data.name + "/" + alias);
  }
  out.graph_driver.name = data.driver;
  if (auto driver = engine.areas.storage.ContainerData(data.id); driver.ok() && !driver->empty()) {
    out.graph_driver.data.is_null = false;
    for (const auto& [key, value] : *driver) out.graph_driver.data[key] = value;
  }
  for (const auto& mount : data.mounts) out.mounts.push_back(oci::ToMountPoint(mount));
  out.config = data.config;
  out.network_settings = data.network;
  out.network_settings.ports.is_null = false;
  out.network_settings.networks.is_null = false;
  CopyDefaultEndpoint(out.network_settings);
  return out;
}

Result<types::ContainerInspect> InspectContainer(Engine& engine, const ContainerPtr& container,
                                                 bool size) {
  types::Health health = HealthWithLog(*container);
  std::vector<std::string> exec_ids;
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    data = container->data;
    for (const auto& [id, exec] : container->execs) {
      if (!exec.exit_code) exec_ids.push_back(id);
    }
  }
  types::ContainerInspect out = Describe(engine, data, health, std::move(exec_ids));
  if (size) {
    BUOY_ASSIGN(out.size_rw, engine.areas.storage.ReadWriteSize(data.id));
    out.size_root_fs = *out.size_rw + ImageSize(engine, data.image_id);
  }
  return out;
}

namespace {

// What references stand for, asked once each: many containers have few images.
class ImageNames {
 public:
  explicit ImageNames(Engine& engine) : engine_(engine) {}
  bool Means(const std::string& ref, const std::string& id) {
    auto [entry, fresh] = ids_.try_emplace(ref);
    if (fresh) {
      auto image = engine_.areas.images.Resolve(ref, "");
      if (image.ok()) entry->second = image->id;
    }
    return entry->second == id;
  }

 private:
  Engine& engine_;
  std::map<std::string, std::string> ids_;
};

}  // namespace

Result<std::vector<types::ContainerSummary>> ListContainers(
    Engine& engine, const api::ContainerListOptions& options) {
  BUOY_ASSIGN(ListFilter filter, ListFilter::Parse(options, ListLookups(engine)));
  std::vector<ListEntry> entries;
  const int64_t now = NowNs();
  std::map<std::string, std::vector<std::string>> link_names;
  auto all = engine.registry.All();
  for (const auto& container : all) {
    engine.Sync(*container);
    std::lock_guard lock(container->mutex);
    for (const auto& [alias, id] : container->data.links) {
      link_names[id].push_back("/" + container->data.name + "/" + alias);
    }
    entries.push_back({container->data, container->health.status, {}});
  }
  std::sort(entries.begin(), entries.end(), [](const ListEntry& a, const ListEntry& b) {
    return a.data.created_ns > b.data.created_ns;
  });
  std::vector<types::ContainerSummary> out;
  ImageNames images(engine);
  for (auto& entry : entries) {
    entry.names = {"/" + entry.data.name};
    for (auto& name : link_names[entry.data.id]) entry.names.push_back(name);
    auto decision = filter.Decide(entry, static_cast<int>(out.size()));
    if (decision == ListFilter::Decision::kStop) break;
    if (decision == ListFilter::Decision::kExclude) continue;
    auto summary = Summarize(entry.data, entry.health, entry.names, now);
    if (summary.image != summary.image_id && !images.Means(summary.image, summary.image_id)) {
      summary.image = summary.image_id;
    }
    if (options.size) {
      BUOY_ASSIGN(summary.size_rw, engine.areas.storage.ReadWriteSize(entry.data.id));
      summary.size_root_fs = *summary.size_rw + ImageSize(engine, entry.data.image_id);
    }
    out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace buoy::container
