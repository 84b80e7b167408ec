#include "daemon/config/config_json.h"

#include <nlohmann/json.hpp>

#include "daemon/config/key.h"
#include "daemon/config/masked.h"

namespace buoy::config {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Shown(const Key& key, const Settings& settings) {
  return Json::parse(MaskedJson(key, settings.Get(key.name)));
}

}  // namespace

std::string ConfigJson(const Settings& running, const Settings& loaded,
                       const std::string& config_file) {
  Json list = Json::array();
  for (const Key& key : Keys()) {
    Json entry;
    entry["Key"] = key.name;
    if (key.flag[0] != 0) entry["Flag"] = std::string("--") + key.flag;
    entry["Value"] = Shown(key, running);
    entry["Source"] = SourceText(running.SourceOf(key.name));
    entry["OnReload"] = OnReloadText(key.reload);
    entry["InEffect"] = InEffectText(key.in_effect);
    if (running.Get(key.name) != loaded.Get(key.name)) entry["Pending"] = Shown(key, loaded);
    list.push_back(std::move(entry));
  }
  Json answer;
  answer["ConfigFile"] = config_file;
  answer["Settings"] = std::move(list);
  return Dump(answer);
}

std::string GivenSettingsJson(const Settings& settings) {
  Json given = Json::object();
  for (const Key& key : Keys()) {
    if (settings.IsSet(key.name)) given[key.name] = Shown(key, settings);
  }
  return Dump(given);
}

}  // namespace buoy::config
