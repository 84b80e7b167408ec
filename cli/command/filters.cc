#include "cli/command/filters.h"

#include <algorithm>
#include <cctype>

#include "cli/formatter/value.h"
#include "cli/opts/text.h"

namespace buoy::cli {

bool Filters::HasValue(const std::string& name, const std::string& value) const {
  auto found = values_.find(name);
  return found != values_.end() && found->second.contains(value);
}

std::string Filters::Json() const {
  if (values_.empty()) return "";
  Value out = Value::Object();
  for (const auto& [name, values] : values_) {
    Value set = Value::Object();
    for (const std::string& value : values) set.Set(value, true);
    out.Set(name, std::move(set));
  }
  return out.Dump(true);
}

Status Filters::Parse(const std::string& text) {
  if (text.empty()) return Ok();
  size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return InvalidArgument("bad format of filter (expected name=value)");
  }
  std::string name = opts::Trim(text.substr(0, equals));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  Add(name, opts::Trim(text.substr(equals + 1)));
  return Ok();
}

Flag& Filters::AddFlag(FlagSet& flags, char shorthand, const char* usage) {
  return flags.Custom("filter", shorthand, "filter", usage,
                      [this](const std::string& text) { return Parse(text); });
}

Filters PruneFilters(Cli& cli, Filters filters) {
  for (const Value& entry : cli.config().root().At("pruneFilters").List()) {
    size_t equals = entry.Str().find('=');
    if (equals == std::string::npos) continue;
    std::string name = entry.Str().substr(0, equals);
    std::string value = entry.Str().substr(equals + 1);
    // "label=x" and "label!=x" exclude each other; the command line wins.
    if (name == "label" && filters.HasValue("label!", value)) continue;
    if (name == "label!" && filters.HasValue("label", value)) continue;
    filters.Add(name, value);
  }
  return filters;
}

}  // namespace buoy::cli
