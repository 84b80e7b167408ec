#pragma once

#include <map>
#include <set>
#include <string>

#include "cli/command/cli.h"
#include "cli/flags/flag_set.h"

namespace buoy::cli {

// --filter name=value ..., and how the API takes it.
class Filters {
 public:
  void Add(const std::string& name, const std::string& value) { values_[name].insert(value); }
  bool Has(const std::string& name) const { return values_.contains(name); }
  bool HasValue(const std::string& name, const std::string& value) const;
  bool empty() const { return values_.empty(); }
  const std::map<std::string, std::set<std::string>>& values() const { return values_; }
  // {"label":{"a=b":true}}; "" when there is none.
  std::string Json() const;

  // Parses one "name=value" of the command line.
  Status Parse(const std::string& text);
  // The --filter flag.
  Flag& AddFlag(FlagSet& flags, char shorthand, const char* usage);

 private:
  std::map<std::string, std::set<std::string>> values_;
};

// The given filters and "pruneFilters" of config.json.
Filters PruneFilters(Cli& cli, Filters filters);

}  // namespace buoy::cli
