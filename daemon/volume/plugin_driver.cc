#include "daemon/volume/plugin_driver.h"

#include <algorithm>

#include "common/json/codec.h"
#include "daemon/logging/log.h"

namespace buoy::volume {
namespace {

using Patience = PluginClient::Patience;
constexpr int kLongMs = 120'000, kShortMs = 60'000;
constexpr char kInterface[] = "VolumeDriver";

struct Request {
  std::string name, id;
  json::Map<std::string> options;
};
struct VolumeAnswer {
  std::string name, mountpoint, created_at;
  json::Raw status;
};
struct CapabilityAnswer {
  std::string scope;
};
struct Answer {
  std::string err, mountpoint;
  std::optional<VolumeAnswer> volume;
  json::List<VolumeAnswer> volumes;
  std::optional<CapabilityAnswer> capabilities;
  json::List<std::string> implements;
};

template <class V>
void Fields(V& v, Request& s) {
  v("Name", s.name);
  v("ID", s.id, json::kOmitEmpty);
  v("Opts", s.options, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, VolumeAnswer& s) {
  v("Name", s.name);
  v("Mountpoint", s.mountpoint);
  v("CreatedAt", s.created_at);
  v("Status", s.status);
}
template <class V>
void Fields(V& v, CapabilityAnswer& s) {
  v("Scope", s.scope);
}
template <class V>
void Fields(V& v, Answer& s) {
  v("Err", s.err);
  v("Mountpoint", s.mountpoint);
  v("Volume", s.volume);
  v("Volumes", s.volumes);
  v("Capabilities", s.capabilities);
  v("Implements", s.implements);
}

Result<Answer> Ask(const PluginClient& client, const char* method, const Request& request,
                   Patience patience, int timeout_ms) {
  const std::string path = std::string(kInterface) + "." + method;
  BUOY_ASSIGN(std::string text, client.Call(path, ToJson(request) + "\n", patience, timeout_ms));
  BUOY_ASSIGN_CONTEXT(Answer answer, FromJson<Answer>(text), path);
  if (!answer.err.empty()) return Internal(answer.err);
  return answer;
}

PluginVolume ToVolume(const VolumeAnswer& answer) {
  PluginVolume volume{answer.name, answer.mountpoint, answer.created_at, answer.status.text};
  if (volume.status == "null" || volume.status == "{}") volume.status.clear();
  return volume;
}

}  // namespace

Status PluginDriver::Activate() {
  BUOY_ASSIGN(std::string text, client_.Call("Plugin.Activate", "", Patience::kNone, kShortMs));
  BUOY_ASSIGN_CONTEXT(Answer answer, FromJson<Answer>(text), "Plugin.Activate");
  const auto& list = answer.implements;
  if (std::find(list.begin(), list.end(), kInterface) != list.end()) return Ok();
  return Internal("legacy plugin: Plugin does not implement the requested driver: plugin=\"" +
                  name() + "\", requested implementation=\"" + kInterface + "\"");
}

Status PluginDriver::Create(const std::string& volume,
                            const std::map<std::string, std::string>& options) {
  Request request{.name = volume, .options = json::Map<std::string>(options)};
  BUOY_TRY(Ask(client_, "Create", request, Patience::kRetry, kLongMs));
  return Ok();
}

Status PluginDriver::Remove(const std::string& volume) {
  BUOY_TRY(Ask(client_, "Remove", {.name = volume}, Patience::kRetry, kShortMs));
  return Ok();
}

Result<std::string> PluginDriver::Mount(const std::string& volume, const std::string& id) {
  BUOY_ASSIGN(Answer answer,
              Ask(client_, "Mount", {.name = volume, .id = id}, Patience::kRetry, kLongMs));
  return answer.mountpoint;
}

Status PluginDriver::Unmount(const std::string& volume, const std::string& id) {
  BUOY_TRY(Ask(client_, "Unmount", {.name = volume, .id = id}, Patience::kNone, kShortMs));
  return Ok();
}

Result<std::string> PluginDriver::Path(const std::string& volume) {
  BUOY_ASSIGN(Answer answer, Ask(client_, "Path", {.name = volume}, Patience::kNone, kShortMs));
  return answer.mountpoint;
}

Result<std::optional<PluginVolume>> PluginDriver::Get(const std::string& volume) {
  auto answer = Ask(client_, "Get", {.name = volume}, Patience::kNone, kShortMs);
  if (answer.ok()) {
    if (!answer->volume) return std::optional<PluginVolume>();
    return std::optional<PluginVolume>(ToVolume(*answer->volume));
  }
  if (answer.error().kind() == ErrorKind::kUnavailable) return std::move(answer).error();
  return std::optional<PluginVolume>();  // its way to say that there is none
}

Result<std::vector<PluginVolume>> PluginDriver::List() {
  BUOY_ASSIGN(Answer answer, Ask(client_, "List", {}, Patience::kNone, kShortMs));
  std::vector<PluginVolume> volumes;
  for (const auto& volume : answer.volumes) volumes.push_back(ToVolume(volume));
  return volumes;
}

std::string PluginDriver::Scope() {
  std::lock_guard lock(mutex_);
  if (!scope_.empty()) return scope_;
  auto answer = Ask(client_, "Capabilities", {}, Patience::kNone, kShortMs);
  if (!answer.ok() && answer.error().kind() == ErrorKind::kUnavailable) return "local";
  scope_ = answer.ok() && answer->capabilities ? answer->capabilities->scope : "";
  std::transform(scope_.begin(), scope_.end(), scope_.begin(), ::tolower);
  if (scope_ != "global") scope_ = "local";
  return scope_;
}

Result<std::shared_ptr<PluginDriver>> PluginDrivers::Find(const std::string& name) {
  {
    std::lock_guard lock(mutex_);
    if (auto known = drivers_.find(name); known != drivers_.end()) return known->second;
  }
  const std::string what = "error looking up volume plugin " + name;
  BUOY_ASSIGN_CONTEXT(PluginAddress address, plugin::FindPlugin(paths_, name), what);
  auto driver = std::make_shared<PluginDriver>(std::move(address));
  BUOY_TRY_CONTEXT(driver->Activate(), what);
  std::lock_guard lock(mutex_);
  return drivers_.emplace(name, driver).first->second;
}

std::vector<std::shared_ptr<PluginDriver>> PluginDrivers::All() {
  for (const auto& name : plugin::ScanPlugins(paths_)) {
    auto found = Find(name);
    if (!found.ok()) log::Debug("volume plugin", {{"error", found.error().message()}});
  }
  std::vector<std::shared_ptr<PluginDriver>> all;
  std::lock_guard lock(mutex_);
  for (const auto& [name, driver] : drivers_) all.push_back(driver);
  return all;
}

std::vector<std::string> PluginDrivers::Names() {
  std::vector<std::string> names;
  std::lock_guard lock(mutex_);
  for (const auto& [name, driver] : drivers_) names.push_back(name);
  return names;
}

}  // namespace buoy::volume
