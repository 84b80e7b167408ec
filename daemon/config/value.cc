#include "daemon/config/value.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "common/net/ip.h"
#include "daemon/config/text.h"
#include "daemon/config/ulimit.h"

namespace buoy::config {
namespace {

Status AddListItem(std::string_view text, List& list) {
  list.emplace_back(text);
  return Ok();
}

Status AddIps(std::string_view text, List& list) {
  for (const std::string& part : Split(text, ',')) {
    std::string ip = Trim(part);
    if (!net::IpAddress::Parse(ip))
      return InvalidArgument("invalid string being converted to IP address: " + ip);
    list.push_back(ip);
  }
  return Ok();
}

Status AddMapItem(std::string_view text, Map& map) {
  size_t equals = text.find('=');
  std::string key(text.substr(0, equals));
  map[key] = equals == std::string_view::npos ? "" : std::string(text.substr(equals + 1));
  return Ok();
}

Status AddMapMapItem(std::string_view text, Map& map) {
  size_t first = text.find('=');
  size_t second = first == std::string_view::npos ? first : text.find('=', first + 1);
  if (second == std::string_view::npos) {
    return InvalidArgument("invalid value " + Quote(text) +
                           " for map option, should be root-key=key=value");
  }
  map[std::string(text.substr(0, second))] = std::string(text.substr(second + 1));
  return Ok();
}

Status AddFeature(std::string_view text, Map& map) {
  size_t equals = text.find('=');
  std::string name = Trim(text.substr(0, equals));
  if (name.empty()) return InvalidArgument("invalid option name: " + std::string(text));
  bool on = true;
  if (equals != std::string_view::npos) {
    BUOY_ASSIGN(on, ParseBool(text.substr(equals + 1)));
  }
  map[name] = on ? "true" : "false";
  return Ok();
}

Status AddRuntime(std::string_view text, Map& map) {
  size_t equals = text.find('=');
  std::string name = Lower(Trim(text.substr(0, equals)));
  std::string path = equals == std::string_view::npos ? "" : Trim(text.substr(equals + 1));
  if (name.empty() || path.empty()) {
    return InvalidArgument("invalid runtime argument: " + std::string(text));
  }
  if (name == "runc") return InvalidArgument("runtime name 'runc' is reserved");
  if (map.contains(name)) return InvalidArgument("runtime '" + name + "' was already defined");
  map[name] = "{\"path\":" + JsonQuote(path) + "}";
  return Ok();
}

Status AddPool(std::string_view text, List& list) {
  std::string base, size;
  for (const std::string& field : Split(text, ',')) {
    size_t equals = field.find('=');
    if (equals == std::string::npos) {
      return InvalidArgument("invalid field '" + field + "' must be a key=value pair");
    }
    std::string key = Lower(field.substr(0, equals)), value = Lower(field.substr(equals + 1));
    if (key == "base") {
      if (!net::IpPrefix::Parse(value)) {
        return InvalidArgument("invalid base prefix " + Quote(value) + ": netip.ParsePrefix(" +
                               Quote(value) + "): no '/'");
      }
      base = value;
    } else if (key == "size") {
      auto number = ParseInt(value, "Atoi");
      if (!number.ok()) {
        return InvalidArgument("invalid size value: " + Quote(text) +
                               " (must be integer): " + number.error().message());
      }
      size = std::to_string(*number);
    } else {
      return InvalidArgument("unexpected key '" + key + "' in '" + field + "'");
    }
  }
  list.push_back("base=" + base + ",size=" + size);
  return Ok();
}

Status SetScalar(Type type, std::string_view text, Value& value) {
  switch (type) {
    case Type::kBool: {
      BUOY_ASSIGN(value, ParseBool(text));
      return Ok();
    }
    case Type::kInt: {
      BUOY_ASSIGN(value, ParseInt(text, "ParseInt"));
      return Ok();
    }
    case Type::kBytes: {
      BUOY_ASSIGN(value, ParseBytes(text));
      return Ok();
    }
    case Type::kIp: {
      std::string ip = Trim(text);
      if (!net::IpAddress::Parse(ip)) {
        return InvalidArgument("failed to parse IP: " + Quote(text));
      }
      value = ip;
      return Ok();
    }
    default:
      value = std::string(text);
      return Ok();
  }
}

}  // namespace

Value ZeroValue(Type type) {
  switch (type) {
    case Type::kBool:
      return false;
    case Type::kInt:
    case Type::kBytes:
      return int64_t{0};
    case Type::kString:
    case Type::kIp:
    case Type::kObject:
      return std::string();
    case Type::kList:
    case Type::kIpList:
    case Type::kPools:
      return List();
    default:
      return Map();
  }
}

Status AddText(Type type, std::string_view text, bool first, Value& value) {
  if (first) value = ZeroValue(type);
  switch (type) {
    case Type::kList:
      return AddListItem(text, std::get<List>(value));
    case Type::kIpList:
      return AddIps(text, std::get<List>(value));
    case Type::kPools:
      return AddPool(text, std::get<List>(value));
    case Type::kMap:
      return AddMapItem(text, std::get<Map>(value));
    case Type::kMapMap:
      return AddMapMapItem(text, std::get<Map>(value));
    case Type::kFeatures:
      return AddFeature(text, std::get<Map>(value));
    case Type::kRuntimes:
      return AddRuntime(text, std::get<Map>(value));
    case Type::kUlimits: {
      BUOY_ASSIGN(Ulimit limit, ParseUlimit(text));
      std::get<Map>(value)[limit.name] =
          std::to_string(limit.soft) + ":" + std::to_string(limit.hard);
      return Ok();
    }
    default:
      return SetScalar(type, text, value);
  }
}

const char* TypeWord(Type type) {
  switch (type) {
    case Type::kBool:
      return "";
    case Type::kInt:
      return "int";
    case Type::kIp:
      return "ip";
    case Type::kBytes:
      return "bytes";
    case Type::kList:
      return "list";
    case Type::kIpList:
      return "ipSlice";
    case Type::kMap:
      return "map";
    case Type::kMapMap:
      return "mapmap";
    case Type::kFeatures:
      return "map";
    case Type::kUlimits:
      return "ulimit";
    case Type::kRuntimes:
      return "runtime";
    case Type::kPools:
      return "pool-options";
    default:
      return "string";
  }
}

std::string FlagText(Type type, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return type == Type::kBytes ? BytesText(*number) : std::to_string(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<List>(&value)) {
    if (type == Type::kPools) {
      List pools;
      for (const std::string& pool : *list) {
        size_t comma = pool.find(",size=");
        pools.push_back(pool.substr(5, comma - 5) + " " + pool.substr(comma + 6));
      }
      return Join(pools, ", ");
    }
    if (type == Type::kList && list->empty()) return "";
    return "[" + Join(*list, type == Type::kIpList ? "," : " ") + "]";
  }
  List items;
  for (const auto& [key, item] : std::get<Map>(value)) {
    if (type == Type::kUlimits) {
      items.push_back(key + "=" + item);
    } else if (type == Type::kRuntimes) {
      items.push_back(key);
    } else {
      items.push_back(key + ":" + item);
    }
  }
  bool bare = type == Type::kUlimits || type == Type::kRuntimes;
  return (bare ? "[" : "map[") + Join(items, " ") + "]";
}

}  // namespace buoy::config
