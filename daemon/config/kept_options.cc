#include "daemon/config/kept_options.h"

#include <nlohmann/json.hpp>
#include <set>

#include "daemon/config/file_values.h"
#include "daemon/config/masked.h"

namespace buoy::config {
namespace {

using Json = nlohmann::json;

// "" is the driver that is chosen when none is named.
bool SameInEffect(const Key& key, const Value& a, const Value& b) {
  if (a == b) return true;
  if (std::string(key.name) != "storage-driver") return false;
  static const std::set<std::string> overlay = {"", "overlay", "overlay2"};
  return overlay.contains(std::get<std::string>(a)) && overlay.contains(std::get<std::string>(b));
}

}  // namespace

std::string KeptOptionsJson(const Settings& settings) {
  Json out = Json::object();
  for (const Key& key : Keys()) {
    if (!key.low_level_network && !key.holds_containers) continue;
    out[key.name] = Json::parse(ToJsonText(key.type, settings.Get(key.name)));
  }
  return out.dump();
}

Result<std::vector<KeptOption>> KeepOptions(const std::string& json, Running running,
                                            Settings& settings) {
  const Json stored = Json::parse(json, nullptr, false);
  if (!stored.is_object()) return Internal("the options of the last start are not readable");
  std::vector<KeptOption> kept;
  for (const Key& key : Keys()) {
    const bool stays = (key.low_level_network && running.on_networks) ||
                       (key.holds_containers && running.containers);
    if (!stays || !stored.contains(key.name)) continue;
    BUOY_ASSIGN(const auto value, FileValue(key, stored[key.name]));
    const Value was = value.value_or(ZeroValue(key.type));
    const Value& wanted = settings.Get(key.name);
    if (SameInEffect(key, was, wanted)) continue;
    kept.push_back({&key, MaskedJson(key, was), MaskedJson(key, wanted)});
    settings.Set(key.name, was, settings.SourceOf(key.name));
  }
  return kept;
}

}  // namespace buoy::config
