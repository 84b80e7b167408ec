#include "daemon/container/start_plan.h"

#include <algorithm>
#include <cctype>

#include "common/net/port.h"
#include "daemon/container/validate.h"

namespace buoy::container {
namespace {

std::string Option(const types::LogConfig& log, const char* key) {
  auto found = log.config.find(key);
  return found == log.config.end() ? "" : found->second;
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start < text.size()) {
    size_t comma = std::min(text.find(',', start), text.size());
    if (comma > start) parts.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  return parts;
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string Tag(std::string tag, const ContainerData& data) {
  Replace(tag, "{{.ID}}", data.ShortId());
  Replace(tag, "{{.FullID}}", data.id);
  Replace(tag, "{{.Name}}", data.name);
  Replace(tag, "{{.ImageName}}", data.config.image);
  Replace(tag, "{{.ImageFullID}}", data.image_id);
  Replace(tag, "{{.DaemonName}}", "docker");
  return tag;
}

std::vector<std::string> LogAttributes(const ContainerData& data) {
  std::vector<std::string> attrs;
  auto add = [&attrs](const std::string& key, const std::string& value) {
    attrs.push_back(key);
    attrs.push_back(value);
  };
  const types::LogConfig& log = data.host_config.log_config;
  for (const auto& key : Split(Option(log, "labels"))) {
    if (auto label = data.config.labels.find(key); label != data.config.labels.end()) {
      add(key, label->second);
    }
  }
  for (const auto& key : Split(Option(log, "env"))) {
    for (const auto& env : data.config.env) {
      if (env.rfind(key + "=", 0) == 0) add(key, env.substr(key.size() + 1));
    }
  }
  if (std::string tag = Option(log, "tag"); !tag.empty()) add("tag", Tag(tag, data));
  return attrs;
}

std::string Upper(std::string text) {
  for (char& c : text) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

}  // namespace

shim::LogConfig PlanLog(const ContainerData& data, const std::string& path) {
  const types::LogConfig& log = data.host_config.log_config;
  shim::LogConfig plan;
  plan.driver = log.type == "none" ? "none" : "json-file";
  plan.path = path;
  const bool local = log.type == "local";
  std::string size = Option(log, "max-size"), files = Option(log, "max-file");
  if (local && size.empty()) size = "20m";
  if (local && files.empty()) files = "5";
  if (auto bytes = ParseSize(size, true); bytes.ok()) plan.max_size = *bytes;
  if (!files.empty()) plan.max_files = static_cast<uint32_t>(std::max(1, std::atoi(files.c_str())));
  const std::string compress = Option(log, "compress");
  plan.compress = compress == "true" || compress == "1" || (local && compress.empty());
  plan.non_blocking = Option(log, "mode") == "non-blocking";
  if (auto bytes = ParseSize(Option(log, "max-buffer-size"), false); bytes.ok()) {
    plan.max_buffer_size = *bytes;
  }
  plan.attrs = LogAttributes(data);
  return plan;
}

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
    const std::string ip =
        bridge == linked.network.networks.end() ? "" : bridge->second.ip_address;
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
