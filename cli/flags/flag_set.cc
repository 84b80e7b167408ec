#include "cli/flags/flag_set.h"

#include <utility>

#include "cli/flags/quote.h"
#include "cli/flags/strconv.h"
#include "cli/flags/units.h"
#include "common/gotime/duration.h"

namespace buoy::cli {
namespace {

// Splits one CSV record, as Go's encoding/csv does for --strings=a,"b,c".
std::vector<std::string> SplitComma(const std::string& text) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

Flag& FlagSet::Add(Flag flag) {
  auto owned = std::make_unique<Flag>(std::move(flag));
  Flag& added = *owned;
  if (added.shorthand != 0) shorthands_[added.shorthand] = &added;
  flags_[added.name] = std::move(owned);
  return added;
}

Flag& FlagSet::Custom(const char* name, char shorthand, const char* type, const char* usage,
                      std::function<Status(const std::string&)> set) {
  return Add(
      {.name = name, .shorthand = shorthand, .usage = usage, .type = type, .set = std::move(set)});
}

Flag& FlagSet::Bool(bool* target, const char* name, char shorthand, const char* usage) {
  Flag& flag = Custom(name, shorthand, "bool", usage, [target](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, ParseBool(text));
    return Ok();
  });
  flag.default_value = *target ? "true" : "false";
  flag.no_option = "true";
  return flag;
}

Flag& FlagSet::String(std::string* target, const char* name, char shorthand, const char* usage) {
  Flag& flag = Custom(name, shorthand, "string", usage, [target](const std::string& text) {
    *target = text;
    return Ok();
  });
  flag.default_value = *target;
  return flag;
}

Flag& FlagSet::Int(int64_t* target, const char* name, char shorthand, const char* usage) {
  Flag& flag = Custom(name, shorthand, "int", usage, [target](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, ParseInt(text, 0));
    return Ok();
  });
  flag.default_value = std::to_string(*target);
  return flag;
}

Flag& FlagSet::Uint(uint64_t* target, const char* name, char shorthand, const char* usage,
                    int bits) {
  auto set = [target, bits](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, ParseUint(text, 0, bits));
    return Ok();
  };
  Flag& flag = Custom(name, shorthand, bits == 16 ? "uint16" : "uint", usage, set);
  flag.default_value = std::to_string(*target);
  return flag;
}

Flag& FlagSet::Float(double* target, const char* name, char shorthand, const char* usage) {
  return Custom(name, shorthand, "float", usage, [target](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, ParseFloat(text));
    return Ok();
  });
}

Flag& FlagSet::Duration(int64_t* target, const char* name, char shorthand, const char* usage) {
  auto set = [target](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, gotime::ParseDuration(text));
    return Ok();
  };
  Flag& flag = Custom(name, shorthand, "duration", usage, set);
  flag.default_value = gotime::FormatDuration(*target);
  return flag;
}

Flag& FlagSet::Bytes(int64_t* target, const char* name, char shorthand, const char* usage) {
  return Custom(name, shorthand, "bytes", usage, [target](const std::string& text) -> Status {
    BUOY_ASSIGN(*target, RamInBytes(text));
    return Ok();
  });
}

Flag& FlagSet::List(std::vector<std::string>* target, const char* name, char shorthand,
                    const char* usage, Validator validator) {
  auto set = [target, validator = std::move(validator)](const std::string& text) -> Status {
    std::string value = text;
    if (validator) {
      BUOY_ASSIGN(value, validator(text));
    }
    target->push_back(std::move(value));
    return Ok();
  };
  return Custom(name, shorthand, "list", usage, std::move(set));
}

Flag& FlagSet::Map(std::map<std::string, std::string>* target, const char* name, char shorthand,
                   const char* usage, Validator validator) {
  auto set = [target, validator = std::move(validator)](const std::string& text) -> Status {
    std::string value = text;
    if (validator) {
      BUOY_ASSIGN(value, validator(text));
    }
    size_t equals = value.find('=');
    (*target)[value.substr(0, equals)] =
        equals == std::string::npos ? "" : value.substr(equals + 1);
    return Ok();
  };
  Flag& flag = Custom(name, shorthand, "map", usage, std::move(set));
  flag.default_value = "map[]";
  return flag;
}

Flag& FlagSet::Strings(std::vector<std::string>* target, const char* name, char shorthand,
                       const char* usage) {
  return Custom(name, shorthand, "strings", usage, [target](const std::string& text) {
    for (std::string& part : SplitComma(text)) target->push_back(std::move(part));
    return Ok();
  });
}

Flag* FlagSet::Find(std::string_view name) {
  auto found = flags_.find(name);
  return found == flags_.end() ? nullptr : found->second.get();
}

const Flag* FlagSet::Find(std::string_view name) const {
  return const_cast<FlagSet*>(this)->Find(name);
}

bool FlagSet::Changed(std::string_view name) const {
  const Flag* flag = Find(name);
  return flag != nullptr && flag->changed;
}

bool FlagSet::HasVisible() const {
  for (const auto& [name, flag] : flags_) {
    if (!flag->hidden) return true;
  }
  return false;
}

Status FlagSet::Set(Flag& flag, const std::string& value, Parsed& out) {
  if (flag.name == "help") {
    out.help = true;
    return Ok();
  }
  if (Status status = flag.set(value); !status.ok()) {
    std::string shown = "--" + flag.name;
    if (flag.shorthand != 0 && flag.shorthand_deprecated.empty()) {
      shown = std::string("-") + flag.shorthand + ", " + shown;
    }
    return InvalidArgument("invalid argument " + Quote(value) + " for " + Quote(shown) +
                           " flag: " + status.error().message());
  }
  flag.changed = true;
  if (!flag.deprecated.empty()) {
    out.flag_notes += "Flag --" + flag.name + " has been deprecated, " + flag.deprecated + "\n";
  }
  return Ok();
}

Status FlagSet::ParseLong(const std::string& arg, const std::vector<std::string>& args,
                          size_t& next, Parsed& out) {
  std::string name = arg.substr(2);
  if (name[0] == '-' || name[0] == '=') return InvalidArgument("bad flag syntax: " + arg);
  size_t equals = name.find('=');
  bool has_value = equals != std::string::npos;
  std::string value = has_value ? name.substr(equals + 1) : "";
  name = name.substr(0, equals);
  Flag* flag = Find(name);
  if (flag == nullptr) {
    if (name != "help") return InvalidArgument("unknown flag: --" + name);
    out.help = true;
    return Ok();
  }
  if (!has_value) {
    if (!flag->no_option.empty()) {
      value = flag->no_option;
    } else if (next < args.size()) {
      value = args[next++];
    } else {
      return InvalidArgument("flag needs an argument: " + arg);
    }
  }
  return Set(*flag, value, out);
}

Status FlagSet::ParseShort(const std::string& arg, const std::vector<std::string>& args,
                           size_t& next, Parsed& out) {
  std::string rest = arg.substr(1);
  while (!rest.empty()) {
    char c = rest[0];
    auto found = shorthands_.find(c);
    if (found == shorthands_.end()) {
      if (c != 'h') {
        return InvalidArgument("unknown shorthand flag: " + QuoteChar(c) + " in -" + rest);
      }
      out.notes += "Flag shorthand -h has been deprecated, use --help\n";
      out.help = true;
      return Ok();
    }
    Flag& flag = *found->second;
    std::string value;
    std::string following = rest.substr(1);
    if (rest.size() > 2 && rest[1] == '=') {
      value = rest.substr(2);
      following.clear();
    } else if (!flag.no_option.empty()) {
      value = flag.no_option;
    } else if (rest.size() > 1) {
      value = following;
      following.clear();
    } else if (next < args.size()) {
      value = args[next++];
    } else {
      return InvalidArgument("flag needs an argument: " + QuoteChar(c) + " in -" + rest);
    }
    if (!flag.shorthand_deprecated.empty()) {
      out.notes += std::string("Flag shorthand -") + c + " has been deprecated, " +
                   flag.shorthand_deprecated + "\n";
    }
    BUOY_TRY(Set(flag, value, out));
    rest = following;
  }
  return Ok();
}

Result<FlagSet::Parsed> FlagSet::Parse(const std::vector<std::string>& args) {
  Parsed out;
  size_t next = 0;
  while (next < args.size() && !out.help) {
    const std::string& arg = args[next++];
    if (arg.size() < 2 || arg[0] != '-') {
      out.args.push_back(arg);
      if (interspersed_) continue;
      out.args.insert(out.args.end(), args.begin() + static_cast<ptrdiff_t>(next), args.end());
      break;
    }
    if (arg == "--") {
      out.args.insert(out.args.end(), args.begin() + static_cast<ptrdiff_t>(next), args.end());
      break;
    }
    BUOY_TRY(arg[1] == '-' ? ParseLong(arg, args, next, out) : ParseShort(arg, args, next, out));
  }
  return out;
}

}  // namespace buoy::cli
