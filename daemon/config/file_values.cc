#include "daemon/config/file_values.h"

#include <strings.h>

#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/net/ip.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

using Json = nlohmann::json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "1e+06" and "1.5": Go's %v of a float64, which is what a JSON number decodes to.
std::string FloatText(double number) {
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  std::string scientific(buffer, end.ptr);
  int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  if (exponent < -4 || exponent >= 6) return scientific;
  end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::fixed);
  return std::string(buffer, end.ptr);
}

// Where a value stands, for error texts.
struct Place {
  std::string where;  // "Config.mtu"

  Error Mismatch(const Json& json, const std::string& type) const {
    std::string kind = json.is_boolean()  ? "bool"
                       : json.is_string() ? "string"
                       : json.is_array()  ? "array"
                       : json.is_object() ? "object"
                                          : "number";
    if (kind == "number" && (type == "int" || type == "int64")) kind += " " + Dump(json);
    return InvalidArgument("json: cannot unmarshal " + kind + " into Go struct field " + where +
                           " of type " + type);
  }
};

// null leaves the zero value, as everywhere in Go.
Result<std::string> Text(const Json& json, const Place& place, const char* type = "string") {
  if (json.is_null()) return std::string();
  if (!json.is_string()) return place.Mismatch(json, type);
  return json.get<std::string>();
}

Result<int64_t> Integer(const Json& json, const Place& place, const char* type) {
  if (json.is_null()) return int64_t{0};
  if (json.is_number_unsigned()) {
    auto number = json.get<uint64_t>();
    if (number > static_cast<uint64_t>(INT64_MAX)) return place.Mismatch(json, type);
    return static_cast<int64_t>(number);
  }
  if (!json.is_number_integer()) return place.Mismatch(json, type);
  return json.get<int64_t>();
}

Result<std::string> Address(const Json& json, const Place& place, bool netip) {
  BUOY_ASSIGN(std::string text, Text(json, place, netip ? "netip.Addr" : "net.IP"));
  if (text.empty() || net::IpAddress::Parse(text)) return text;
  if (netip) return InvalidArgument("ParseAddr(" + Quote(text) + "): unable to parse IP");
  return InvalidArgument("invalid IP address: " + text);
}

template <class Item>
Result<Value> ListOf(const Json& json, const Place& place, const std::string& item_type,
                     const Item& item) {
  if (!json.is_array()) return place.Mismatch(json, "[]" + item_type);
  List list;
  for (const Json& element : json) {
    BUOY_ASSIGN(std::string text, item(element));
    list.push_back(std::move(text));
  }
  return Value(std::move(list));
}

template <class Item>
Result<Value> MapOf(const Json& json, const Place& place, const std::string& item_type,
                    const Item& item) {
  if (!json.is_object()) return place.Mismatch(json, "map[string]" + item_type);
  Map map;
  for (auto it = json.begin(); it != json.end(); ++it) {
    BUOY_TRY(item(it.key(), it.value(), map));
  }
  return Value(std::move(map));
}

// A field of a nested struct; Go finds it whatever its case.
const Json& Field(const Json& object, const char* name) {
  static const Json kNull;
  if (auto exact = object.find(name); exact != object.end()) return *exact;
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (strcasecmp(it.key().c_str(), name) == 0) return it.value();
  }
  return kNull;
}

Status AddUlimit(const std::string& key_name, const std::string& name, const Json& json, Map& map) {
  if (json.is_null()) return Ok();
  if (!json.is_object()) return Place{"Config." + key_name}.Mismatch(json, "units.Ulimit");
  std::string prefix = "Ulimit." + key_name + ".";
  BUOY_ASSIGN(std::string given, Text(Field(json, "Name"), Place{prefix + "Name"}));
  BUOY_ASSIGN(int64_t hard, Integer(Field(json, "Hard"), Place{prefix + "Hard"}, "int64"));
  BUOY_ASSIGN(int64_t soft, Integer(Field(json, "Soft"), Place{prefix + "Soft"}, "int64"));
  map[given.empty() ? name : given] = std::to_string(soft) + ":" + std::to_string(hard);
  return Ok();
}

Status AddRuntime(const std::string& key_name, const std::string& name, const Json& json,
                  Map& map) {
  if (!json.is_object()) {
    if (!json.is_null()) return Place{"Config." + key_name}.Mismatch(json, "system.Runtime");
    map[name] = "{}";
    return Ok();
  }
  std::string prefix = "Runtime." + key_name + ".";
  Json out = Json::object();
  for (const char* field : {"path", "runtimeType"}) {
    BUOY_ASSIGN(std::string text, Text(Field(json, field), Place{prefix + field}));
    if (!text.empty()) out[field] = std::move(text);
  }
  if (const Json& args = Field(json, "runtimeArgs"); !args.is_null()) {
    Place place{prefix + "runtimeArgs"};
    if (!args.is_array()) return place.Mismatch(args, "[]string");
    for (const Json& arg : args) {
      BUOY_ASSIGN(std::string text, Text(arg, place));
      out["runtimeArgs"].push_back(std::move(text));
    }
  }
  if (const Json& options = Field(json, "options"); !options.is_null()) {
    if (!options.is_object()) {
      return Place{prefix + "options"}.Mismatch(options, "map[string]interface {}");
    }
    if (!options.empty()) out["options"] = options;
  }
  map[name] = Dump(out);
  return Ok();
}

Result<std::string> Pool(const std::string& key_name, const Json& json) {
  if (!json.is_object()) {
    return Place{"Config." + key_name}.Mismatch(json, "ipamutils.NetworkToSplit");
  }
  std::string prefix = "NetworkToSplit." + key_name + ".";
  BUOY_ASSIGN(std::string base, Text(Field(json, "base"), Place{prefix + "base"}, "netip.Prefix"));
  BUOY_ASSIGN(int64_t size, Integer(Field(json, "size"), Place{prefix + "size"}, "int"));
  if (!net::IpPrefix::Parse(base)) {
    std::string why = base.find('/') == std::string::npos ? "no '/'" : "unable to parse IP";
    return InvalidArgument("netip.ParsePrefix(" + Quote(base) + "): " + why);
  }
  return "base=" + base + ",size=" + std::to_string(size);
}

Status AddNetworkOptions(const std::string& driver, const Json& json, const Place& place,
                         Map& map) {
  if (json.is_null()) return Ok();
  if (!json.is_object()) return place.Mismatch(json, "map[string]string");
  for (auto it = json.begin(); it != json.end(); ++it) {
    BUOY_ASSIGN(map[driver + "=" + it.key()], Text(it.value(), place));
  }
  return Ok();
}

Result<Value> ListValue(const Key& key, const Json& json, const Place& place) {
  if (key.type == Type::kPools) {
    return ListOf(json, place, "*ipamutils.NetworkToSplit",
                  [&](const Json& item) { return Pool(key.name, item); });
  }
  if (key.type == Type::kIpList) {
    bool netip = std::string_view(key.name) == "host-gateway-ips";
    if (netip && json.is_string()) {  // the older key host-gateway-ip holds one address
      BUOY_ASSIGN(std::string ip, Address(json, place, false));
      return Value(List{std::move(ip)});
    }
    return ListOf(json, place, netip ? "netip.Addr" : "net.IP",
                  [&](const Json& item) { return Address(item, place, netip); });
  }
  return ListOf(json, place, "string", [&](const Json& item) { return Text(item, place); });
}

Result<Value> MapValue(const Key& key, const Json& json, const Place& place) {
  switch (key.type) {
    case Type::kFeatures:
      return MapOf(json, place, "bool",
                   [&](const std::string& name, const Json& item, Map& map) -> Status {
                     if (!item.is_boolean() && !item.is_null()) return place.Mismatch(item, "bool");
                     map[name] = item.is_null() || !item.get<bool>() ? "false" : "true";
                     return Ok();
                   });
    case Type::kUlimits:
      return MapOf(json, place, "*units.Ulimit",
                   [&](const std::string& name, const Json& item, Map& map) {
                     return AddUlimit(key.name, name, item, map);
                   });
    case Type::kRuntimes:
      return MapOf(json, place, "system.Runtime",
                   [&](const std::string& name, const Json& item, Map& map) {
                     return AddRuntime(key.name, name, item, map);
                   });
    case Type::kMapMap:
      return MapOf(json, place, "map[string]string",
                   [&](const std::string& name, const Json& item, Map& map) {
                     return AddNetworkOptions(name, item, place, map);
                   });
    default:
      return MapOf(json, place, "string",
                   [&](const std::string& name, const Json& item, Map& map) -> Status {
                     BUOY_ASSIGN(map[name], Text(item, place));
                     return Ok();
                   });
  }
}

Result<Value> Decode(const Key& key, const Json& json) {
  Place place{std::string("Config.") + key.name};
  switch (key.type) {
    case Type::kBool:
      if (!json.is_boolean()) return place.Mismatch(json, "bool");
      return Value(json.get<bool>());
    case Type::kInt: {
      bool wide = std::string_view(key.name).starts_with("cpu-rt-");
      BUOY_ASSIGN(int64_t number, Integer(json, place, wide ? "int64" : "int"));
      return Value(number);
    }
    case Type::kBytes: {
      if (!json.is_string()) return InvalidArgument("invalid size: " + Quote(Dump(json)));
      BUOY_ASSIGN(int64_t bytes, ParseBytes(json.get_ref<const std::string&>()));
      return Value(bytes);
    }
    case Type::kString: {
      BUOY_ASSIGN(std::string text, Text(json, place));
      return Value(std::move(text));
    }
    case Type::kIp: {
      BUOY_ASSIGN(std::string ip, Address(json, place, false));
      return Value(std::move(ip));
    }
    case Type::kObject:
      if (!json.is_object()) return place.Mismatch(json, "config.BuilderConfig");
      return Value(json.empty() ? std::string() : Dump(json));
    case Type::kList:
    case Type::kIpList:
    case Type::kPools:
      return ListValue(key, json, place);
    default:
      return MapValue(key, json, place);
  }
}

}  // namespace

Result<std::optional<Value>> FileValue(const Key& key, const Json& json) {
  std::optional<Value> none;
  if (json.is_null()) return none;
  BUOY_ASSIGN(Value value, Decode(key, json));
  if (key.type != Type::kBool && value == ZeroValue(key.type)) return none;
  return std::optional<Value>(std::move(value));
}

std::string GoText(const Json& json) {
  if (json.is_null()) return "<nil>";
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number()) return FloatText(json.get<double>());
  if (json.is_boolean()) return json.get<bool>() ? "true" : "false";
  List items;
  for (auto it = json.begin(); it != json.end(); ++it) {
    items.push_back(json.is_object() ? it.key() + ":" + GoText(it.value()) : GoText(it.value()));
  }
  return (json.is_object() ? "map[" : "[") + Join(items, " ") + "]";
}

}  // namespace buoy::config
