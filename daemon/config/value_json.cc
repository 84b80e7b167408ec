#include <nlohmann/json.hpp>

#include "daemon/config/text.h"
#include "daemon/config/value.h"

namespace buoy::config {
namespace {

using Json = nlohmann::json;

Json PoolJson(const std::string& pool) {
  size_t comma = pool.find(",size=");
  return {{"base", pool.substr(5, comma - 5)}, {"size", std::stoll(pool.substr(comma + 6))}};
}

Json MapJson(Type type, const Map& map) {
  Json out = Json::object();
  for (const auto& [name, item] : map) {
    if (type == Type::kFeatures) {
      out[name] = item == "true";
    } else if (type == Type::kRuntimes) {
      out[name] = Json::parse(item);
    } else if (type == Type::kMapMap) {
      size_t equals = name.find('=');
      out[name.substr(0, equals)][name.substr(equals + 1)] = item;
    } else if (type == Type::kUlimits) {
      size_t colon = item.find(':');
      out[name] = {{"Name", name},
                   {"Hard", std::stoll(item.substr(colon + 1))},
                   {"Soft", std::stoll(item.substr(0, colon))}};
    } else {
      out[name] = item;
    }
  }
  return out;
}

Json ToJson(Type type, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return type == Type::kBytes ? Json(BytesText(*number)) : Json(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (type != Type::kObject) return *text;
    return text->empty() ? Json::object() : Json::parse(*text);
  }
  if (const auto* list = std::get_if<List>(&value)) {
    Json out = Json::array();
    for (const std::string& item : *list) {
      out.push_back(type == Type::kPools ? PoolJson(item) : Json(item));
    }
    return out;
  }
  return MapJson(type, std::get<Map>(value));
}

}  // namespace

std::string ToJsonText(Type type, const Value& value) {
  return ToJson(type, value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace buoy::config
