#include "daemon/container/start_plan.h"

#include <algorithm>
#include <cctype>

#include "common/net/port.h"
#include "daemon/container/validate.h"

namespace buoy::container {
namespace {

std::string Upper(std::string text) {
  for (char& c : text) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

}  // namespace

std::vector<std::string> ProbeCommand(const types::ContainerConfig& config) {
  if (!config.healthcheck || config.healthcheck->test.size() < 2) return {};
  const auto& test = config.healthcheck->test;
  if (test[0] == "CMD") return {test.begin() + 1, test.end()};
  if (test[0] != "CMD-SHELL") return {};
  std::vector<std::string> command = {"/bin/sh", "-c"};
  if (!config.shell.empty()) command.assign(config.shell.begin(), config.shell.end());
  command.push_back(test[1]);
  return command;
}

shim::HealthConfig PlanHealth(const types::ContainerConfig& config,
                              const std::string& process_path) {
  shim::HealthConfig plan;
  if (ProbeCommand(config).empty()) return plan;
  plan.enabled = true;
  plan.process_path = process_path;
  plan.interval = config.healthcheck->interval;
  plan.timeout = config.healthcheck->timeout;
  plan.start_period = config.healthcheck->start_period;
  plan.start_interval = config.healthcheck->start_interval;
  plan.retries = static_cast<uint32_t>(config.healthcheck->retries);
  return plan;
}

shim::RestartPolicy PlanRestart(const types::HostConfig& host_config) {
  return {host_config.restart_policy.name,
          static_cast<uint32_t>(std::max(0, host_config.restart_policy.maximum_retry_count))};
}

std::vector<std::string> LinkEnvironment(Engine& engine, const ContainerData& data) {
  std::vector<std::string> env;
  for (const auto& [alias, id] : data.links) {
    ContainerPtr child = engine.registry.Get(id);
    if (child == nullptr || !IsRunning(child->state())) continue;
    ContainerData linked = child->Snapshot();
    auto bridge = linked.network.networks.find("bridge");
    const std::string ip = bridge == linked.network.networks.end() ? "" : bridge->second.ip_address;
    const std::string prefix = Upper(alias);
    bool first = true;
    env.push_back(prefix + "_NAME=/" + data.name + "/" + alias);
    for (const auto& text : linked.config.exposed_ports) {
      auto port = net::Port::Parse(text);
      if (!port.ok()) continue;
      const std::string number = std::to_string(port->number);
      const std::string url = port->proto + "://" + ip + ":" + number;
      const std::string key = prefix + "_PORT_" + number + "_" + Upper(port->proto);
      if (std::exchange(first, false)) env.push_back(prefix + "_PORT=" + url);
      env.insert(env.end(), {key + "=" + url, key + "_ADDR=" + ip, key + "_PORT=" + number,
                             key + "_PROTO=" + port->proto});
    }
    for (const auto& entry : linked.config.env) {
      if (entry.rfind("HOME=", 0) != 0 && entry.rfind("PATH=", 0) != 0) {
        env.push_back(prefix + "_ENV_" + entry);
      }
    }
  }
  return env;
}

}  // namespace buoy::container
