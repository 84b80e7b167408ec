#include "common/version/version.h"
#include "daemon/server/daemon.h"
#include "daemon/swarm/swarm_texts.h"
#include "daemon/system/host_info.h"

// What the swarm asks of the daemon, and the daemon of the swarm.
namespace buoy::server {
namespace {

constexpr int64_t kNanoCpus = 1'000'000'000;

// "name=value" of the engine's labels.
json::Map<std::string> LabelMap(const config::List& labels) {
  json::Map<std::string> map;
  for (const auto& label : labels) {
    const size_t equals = label.find('=');
    map[label.substr(0, equals)] = equals == std::string::npos ? "" : label.substr(equals + 1);
  }
  return map;
}

types::NodeDescription DescribeNode(const config::Settings& settings) {
  const system::HostInfo host = system::ReadHostInfo();
  types::NodeDescription node;
  node.hostname = host.name;
  node.platform = {host.architecture, "linux"};
  node.resources = {host.cpus * kNanoCpus, host.memory};
  node.engine.engine_version = kVersion;
  node.engine.labels = LabelMap(settings.GetList("labels"));
  for (const char* log : {"json-file", "local", "none"}) {
    node.engine.plugins.push_back({"Log", log});
  }
  for (const char* network : {"bridge", "host", "null"}) {
    node.engine.plugins.push_back({"Network", network});
  }
  node.engine.plugins.push_back({"Volume", "local"});
  return node;
}

bool LiveRestoreForbidsSwarm(const config::Settings& settings) {
  return settings.Bool("live-restore") && !settings.Bool("swarm-live-restore");
}

}  // namespace

swarm::SwarmContext Daemon::SwarmContext() {
  swarm::SwarmContext context;
  context.folder = paths_.data_root + "/swarm";
  context.manager.describe = [this] { return DescribeNode(*running().settings); };
  context.manager.publish = [this](types::Event event) { events_->Publish(std::move(event)); };
  context.addresses = [this] {
    swarm::AddressContext addresses{swarm::ListHostAddresses(), {}};
    auto networks = network_service_->List({});
    if (!networks.ok()) return addresses;
    for (const auto& network : *networks) {
      for (const auto& config : network.ipam.config) {
        auto prefix = net::IpPrefix::Parse(config.subnet);
        if (prefix.ok()) addresses.own_networks.push_back(*prefix);
      }
    }
    return addresses;
  };
  context.default_advertise = [this] {
    return running().settings->String("swarm-default-advertise-addr");
  };
  context.live_restore_forbids = [this] { return LiveRestoreForbidsSwarm(*running().settings); };
  context.hold_reloads = [this] { return std::unique_lock(reload_mutex_); };
  return context;
}

Status Daemon::StartSwarm() { return swarm_->Start(); }

// What would make the next start fail is refused now.
std::vector<config::Refusal> Daemon::ReloadRefusals() const {
  std::vector<config::Refusal> refusals;
  if (!swarm_->IsMember()) return refusals;
  for (const char* key : {"live-restore", "swarm-live-restore"}) {
    refusals.push_back({key, LiveRestoreForbidsSwarm, swarm::kLiveRestore});
  }
  return refusals;
}

}  // namespace buoy::server
