#include "daemon/container/merge_config.h"

#include <string>
#include <string_view>

namespace buoy::container {
namespace {

std::string_view EnvKey(const std::string& env) {
  return std::string_view(env).substr(0, env.find('='));
}

void MergeEnv(json::List<std::string>& user, const json::List<std::string>& image) {
  if (user.empty()) {
    user = image;
    return;
  }
  const size_t own = user.size();
  for (const auto& entry : image) {
    bool found = false;
    for (size_t i = 0; i < own && !found; ++i) found = EnvKey(user[i]) == EnvKey(entry);
    if (!found) user.push_back(entry);
  }
}

void MergeSet(json::StringSet& user, const json::StringSet& image) {
  if (user.empty()) {
    user = image;
    return;
  }
  user.insert(image.begin(), image.end());
}

void MergeLabels(json::Map<std::string>& user, const json::Map<std::string>& image) {
  user.insert(image.begin(), image.end());
}

void MergeCommand(types::ContainerConfig& user, const types::ContainerConfig& image) {
  if (!user.entrypoint.empty()) return;
  if (user.cmd.empty()) {
    user.cmd = image.cmd;
    user.args_escaped = image.args_escaped;
  }
  if (user.entrypoint.is_null) user.entrypoint = image.entrypoint;
}

void MergeHealth(std::optional<types::HealthConfig>& user,
                 const std::optional<types::HealthConfig>& image) {
  if (!image) return;
  if (!user) {
    user = image;
    return;
  }
  if (user->test.empty()) user->test = image->test;
  if (user->interval == 0) user->interval = image->interval;
  if (user->timeout == 0) user->timeout = image->timeout;
  if (user->start_period == 0) user->start_period = image->start_period;
  if (user->start_interval == 0) user->start_interval = image->start_interval;
  if (user->retries == 0) user->retries = image->retries;
}

}  // namespace

void MergeImageConfig(types::ContainerConfig& user, const types::ContainerConfig& image) {
  if (user.user.empty()) user.user = image.user;
  MergeSet(user.exposed_ports, image.exposed_ports);
  MergeEnv(user.env, image.env);
  MergeLabels(user.labels, image.labels);
  MergeCommand(user, image);
  MergeHealth(user.healthcheck, image.healthcheck);
  if (user.working_dir.empty()) user.working_dir = image.working_dir;
  MergeSet(user.volumes, image.volumes);
  if (user.stop_signal.empty()) user.stop_signal = image.stop_signal;
}

}  // namespace buoy::container
