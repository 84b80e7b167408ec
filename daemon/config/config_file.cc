#include "daemon/config/config_file.h"

#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/config/decode_bom.h"
#include "daemon/config/file_values.h"
#include "daemon/config/json_syntax.h"
#include "daemon/config/key.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

using Json = nlohmann::json;

// One key as the file spells it.
struct Directive {
  std::string name;
  const Key* key = nullptr;
  Json value;
};

Result<Json> ParseObject(const std::string& text) {
  BUOY_TRY(CheckJsonSyntax(text));
  Json json;
  try {
    json = Json::parse(ReplaceLoneSurrogates(text));
  } catch (const Json::out_of_range& error) {  // "... parsing '1e999'"
    List parts = Split(error.what(), '\'');
    return InvalidArgument("json: cannot unmarshal number " + (parts.size() > 1 ? parts[1] : "") +
                           " into Go value of type float64");
  } catch (const std::exception& error) {
    return InvalidArgument(error.what());
  }
  if (json.is_object() || json.is_null()) return json;
  std::string kind = json.is_array()     ? "array"
                     : json.is_string()  ? "string"
                     : json.is_boolean() ? "bool"
                                         : "number";
  return InvalidArgument("json: cannot unmarshal " + kind +
                         " into Go value of type map[string]interface {}");
}

// Objects whose keys are the user's own, not names of directives.
bool IsFlat(const std::string& name) {
  const Key* key = FindKey(name);
  if (key == nullptr) return false;
  switch (key->type) {
    case Type::kMap:
    case Type::kMapMap:
    case Type::kFeatures:
    case Type::kUlimits:
    case Type::kRuntimes:
    case Type::kObject:
      return true;
    default:
      return false;
  }
}

// Docker looks directives up among the flags, so the file may use a flag's name too.
const Key* FindDirective(const std::string& name) {
  const Key* key = FindKey(name);
  return key != nullptr ? key : FindFlag(name);
}

// Any other object groups directives, like "proxies".
std::vector<Directive> Flatten(const Json& file) {
  std::vector<Directive> directives;
  for (auto it = file.begin(); it != file.end(); ++it) {
    if (it->is_object() && !IsFlat(it.key())) {
      for (auto inner = it->begin(); inner != it->end(); ++inner) {
        directives.push_back({inner.key(), FindDirective(inner.key()), inner.value()});
      }
      if (FindDirective(it.key()) == nullptr) continue;
    }
    directives.push_back({it.key(), FindDirective(it.key()), it.value()});
  }
  return directives;
}

Status RefuseUnknown(const std::vector<Directive>& directives) {
  List unknown;
  for (const Directive& directive : directives) {
    if (directive.key == nullptr) unknown.push_back(directive.name);
  }
  if (unknown.empty()) return Ok();
  return InvalidArgument("the following directives don't match any configuration option: " +
                         Join(unknown, ", "));
}

std::string ConflictText(const Directive& directive, const Value& flag) {
  std::string from_flag = FlagText(directive.key->type, flag);
  std::string from_file = GoText(directive.value);
  if (directive.key->secret) {
    from_flag = MaskCredentials(from_flag);
    from_file = MaskCredentials(from_file);
  }
  return directive.name + ": (from flag: " + from_flag + ", from file: " + from_file + ")";
}

Status RefuseTwice(const std::vector<Directive>& directives, const CommandLine& flags) {
  List errors;
  std::map<const Key*, std::string> seen;
  std::map<std::string, std::string> conflicts;  // by flag: Docker's order
  for (const Directive& directive : directives) {
    auto [place, first] = seen.emplace(directive.key, directive.name);
    if (!first && place->second != directive.name) {
      errors.push_back(place->second + " and " + directive.name +
                       " must not both be specified in the config file");
    }
    auto flag = flags.values.find(directive.key->name);
    if (flag != flags.values.end() && directive.key->type != Type::kRuntimes) {
      conflicts[directive.key->flag] = ConflictText(directive, flag->second);
    }
  }
  if (!conflicts.empty()) {
    List texts;
    for (auto& [flag, text] : conflicts) texts.push_back(std::move(text));
    errors.push_back(
        "the following directives are specified both as a flag and in the configuration file: " +
        Join(texts, ", "));
  }
  return errors.empty() ? Ok() : InvalidArgument(Join(errors, "\n"));
}

}  // namespace

Result<ConfigFile> ParseConfigFile(std::string_view bytes, const CommandLine& flags) {
  if (bytes.size() > kMaxConfigFileSize) {
    return InvalidArgument("the file is larger than " +
                           BytesText(static_cast<int64_t>(kMaxConfigFileSize)));
  }
  ConfigFile file;
  BUOY_ASSIGN(std::string decoded, DecodeBom(bytes));
  std::string text = Trim(decoded);
  if (text.empty()) return file;
  BUOY_ASSIGN(Json json, ParseObject(text));
  std::vector<Directive> directives = Flatten(json);
  BUOY_TRY(RefuseUnknown(directives));
  BUOY_TRY(RefuseTwice(directives, flags));
  for (const Directive& directive : directives) {
    BUOY_ASSIGN(std::optional<Value> value, FileValue(*directive.key, directive.value));
    if (value) file.values.insert_or_assign(directive.key->name, *std::move(value));
  }
  return file;
}

}  // namespace buoy::config
