#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"

namespace buoy::cli {

// Checks one value of a list flag and may rewrite it.
using Validator = std::function<Result<std::string>(const std::string&)>;

// One flag, as in Go's pflag. Builder methods return *this.
struct Flag {
  std::string name;
  char shorthand = 0;
  std::string usage;
  std::string type;           // what the help column shows ("list", "bytes"); "bool" shows nothing
  std::string default_value;  // shown as (default ...) unless it is the type's zero value
  std::string no_option;      // the value when none is given ("true" for a bool)
  std::function<Status(const std::string&)> set;
  bool changed = false;
  bool hidden = false;
  std::string min_version;    // least API version, "1.43"
  bool experimental = false;  // only on a daemon with experimental features
  std::string os_type;        // only on a daemon of this kind ("windows")
  std::string deprecated;
  std::string shorthand_deprecated;

  Flag& Hide() {
    hidden = true;
    return *this;
  }
  Flag& Since(std::string version) {
    min_version = std::move(version);
    return *this;
  }
  Flag& Experimental() {
    experimental = true;
    return *this;
  }
  Flag& Only(std::string os) {
    os_type = std::move(os);
    return *this;
  }
  Flag& Deprecate(std::string why) {
    deprecated = std::move(why);
    hidden = true;
    return *this;
  }
};

// The flags of one command. Targets given to the typed methods must outlive Parse().
class FlagSet {
 public:
  FlagSet() = default;
  FlagSet(const FlagSet&) = delete;
  FlagSet& operator=(const FlagSet&) = delete;

  Flag& Add(Flag flag);
  // A flag whose text goes to `set` (docker's own value types: "bytes", "network", "filter" ...).
  Flag& Custom(const char* name, char shorthand, const char* type, const char* usage,
               std::function<Status(const std::string&)> set);
  Flag& Bool(bool* target, const char* name, char shorthand, const char* usage);
  Flag& String(std::string* target, const char* name, char shorthand, const char* usage);
  Flag& Int(int64_t* target, const char* name, char shorthand, const char* usage);
  Flag& Uint(uint64_t* target, const char* name, char shorthand, const char* usage, int bits = 64);
  Flag& Float(double* target, const char* name, char shorthand, const char* usage);
  // Nanoseconds.
  Flag& Duration(int64_t* target, const char* name, char shorthand, const char* usage);
  Flag& Bytes(int64_t* target, const char* name, char shorthand, const char* usage);
  Flag& List(std::vector<std::string>* target, const char* name, char shorthand, const char* usage,
             Validator validator = nullptr);
  Flag& Map(std::map<std::string, std::string>* target, const char* name, char shorthand,
            const char* usage, Validator validator = nullptr);
  // pflag's stringSlice: comma separated, repeatable, type "strings".
  Flag& Strings(std::vector<std::string>* target, const char* name, char shorthand,
                const char* usage);

  // With false, the first argument that is no flag ends the flags (run, exec, create).
  void SetInterspersed(bool interspersed) { interspersed_ = interspersed; }

  struct Parsed {
    std::vector<std::string> args;  // what is no flag
    bool help = false;              // --help (or the undefined -h) was met; parsing stopped there
    std::string notes;              // lines about deprecated shorthands
    std::string flag_notes;         // lines about deprecated flags
  };
  // Errors carry pflag's texts ("unknown flag: --foo").
  Result<Parsed> Parse(const std::vector<std::string>& args);

  bool Changed(std::string_view name) const;
  Flag* Find(std::string_view name);
  const Flag* Find(std::string_view name) const;
  bool HasVisible() const;
  // Calls `visit` with every flag, by name.
  void ForEach(const std::function<void(Flag&)>& visit) const {
    for (const auto& [name, flag] : flags_) visit(*flag);
  }

  // The Options block of a help page, wrapped at `columns` (0: not at all).
  std::string Usages(int columns) const;

 private:
  Status ParseLong(const std::string& arg, const std::vector<std::string>& args, size_t& next,
                   Parsed& out);
  Status ParseShort(const std::string& arg, const std::vector<std::string>& args, size_t& next,
                    Parsed& out);
  Status Set(Flag& flag, const std::string& value, Parsed& out);

  // Pointers stay valid; sorted by name, as help pages are.
  std::map<std::string, std::unique_ptr<Flag>, std::less<>> flags_;
  std::map<char, Flag*> shorthands_;
  bool interspersed_ = true;
};

}  // namespace buoy::cli
