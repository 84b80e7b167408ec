#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/result/result.h"

namespace buoy::config {

// What a key holds. The comment is how flags and the help page write it.
enum class Type {
  kBool,
  kInt,
  kString,
  kIp,        // one address, "" = unset
  kBytes,     // 64m; an int in Value
  kList,      // repeatable
  kIpList,    // repeatable and comma separated
  kMap,       // key=value, repeatable
  kMapMap,    // driver=key=value, repeatable
  kFeatures,  // name[=true|false], repeatable
  kUlimits,   // nofile=1024:2048, repeatable
  kRuntimes,  // name=path, repeatable
  kPools,     // base=172.30.0.0/16,size=24, repeatable
  kObject,    // a JSON object, file only
};

using List = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

// kInt, kBytes: int64_t. kString, kIp: string; kObject: string, its JSON text.
// kList, kIpList: List; kPools: List of "base=B,size=N".
// kMap: Map; kFeatures: Map to "true"/"false"; kUlimits: Map to "soft:hard";
// kMapMap: Map from "driver=key"; kRuntimes: Map to the JSON text of {"path":..,"runtimeArgs":..}.
using Value = std::variant<bool, int64_t, std::string, List, Map>;

// false, 0, "", empty.
Value ZeroValue(Type type);

// One occurrence of a flag. List-like types append to `value`, the first occurrence replaces what
// was there (`first`). Errors have Go's and Docker's texts.
Status AddText(Type type, std::string_view text, bool first, Value& value);

// The word that the help page shows after the flag; empty for kBool.
const char* TypeWord(Type type);

// How the value stands in daemon.json (JSON text).
std::string ToJsonText(Type type, const Value& value);

// Go's %v of the flag, as Docker's conflict message shows it.
std::string FlagText(Type type, const Value& value);

}  // namespace buoy::config
