#include "daemon/config/command_line.h"

#include <utility>

#include "daemon/config/key.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

constexpr char kSeeHelp[] = "\nSee 'buoyd --help'.";

// The flags that are no configuration.
enum class Own { kNone, kHelp, kVersion, kValidate, kConfigFile };

struct Flag {
  const Key* key = nullptr;
  Own own = Own::kNone;
  const char* name = "";
  char shorthand = 0;
  bool IsBool() const {
    return key != nullptr ? key->type == Type::kBool : own != Own::kConfigFile;
  }
  explicit operator bool() const { return key != nullptr || own != Own::kNone; }
};

constexpr Flag kOwnFlags[] = {
    {nullptr, Own::kHelp, "help", 'h'},
    {nullptr, Own::kVersion, "version", 'v'},
    {nullptr, Own::kValidate, "validate", 0},
    {nullptr, Own::kConfigFile, "config-file", 0},
};

Flag FindLong(std::string_view name) {
  for (const Flag& flag : kOwnFlags) {
    if (name == flag.name) return flag;
  }
  const Key* key = FindFlag(name);
  return key == nullptr ? Flag{} : Flag{key, Own::kNone, key->flag, key->shorthand};
}

Flag FindShort(char shorthand) {
  for (const Flag& flag : kOwnFlags) {
    if (shorthand == flag.shorthand) return flag;
  }
  const Key* key = FindShorthand(shorthand);
  return key == nullptr ? Flag{} : Flag{key, Own::kNone, key->flag, key->shorthand};
}

std::string Shown(const Flag& flag) {
  std::string name = "--" + std::string(flag.name);
  return flag.shorthand != 0 ? std::string("-") + flag.shorthand + ", " + name : name;
}

// Go's %q of a byte as a character.
std::string QuoteByte(char c) {
  if (c == '\'') return "'\\''";
  std::string quoted = Quote(std::string_view(&c, 1));
  return c == '"' ? "'\"'" : "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  Result<CommandLine> Run() {
    while (next_ < arguments_.size()) {
      const std::string& argument = arguments_[next_++];
      if (argument == "--") {
        for (; next_ < arguments_.size(); ++next_) positional_ = true;
      } else if (argument.starts_with("--")) {
        BUOY_TRY(Long(argument));
      } else if (argument.size() > 1 && argument[0] == '-') {
        BUOY_TRY(Short(argument));
      } else {
        positional_ = true;
      }
    }
    if (positional_ && !line_.help && !line_.version) {
      return InvalidArgument(
          "\"buoyd\" accepts no argument(s)." + std::string(kSeeHelp) +
          "\n\nUsage:  buoyd [OPTIONS]\n\nA self-sufficient runtime for containers.");
    }
    return std::move(line_);
  }

 private:
  static Error Fail(const std::string& text) {
    return InvalidArgument("Status: " + text + kSeeHelp + ", Code: 125");
  }

  Status Long(const std::string& argument) {
    std::string_view name = std::string_view(argument).substr(2);
    if (name[0] == '-' || name[0] == '=') return Fail("bad flag syntax: " + argument);
    size_t equals = name.find('=');
    Flag flag = FindLong(name.substr(0, equals));
    if (!flag) return Fail("unknown flag: --" + std::string(name.substr(0, equals)));
    if (equals != std::string_view::npos) return Set(flag, name.substr(equals + 1));
    if (flag.IsBool()) return Set(flag, "true");
    if (next_ == arguments_.size()) return Fail("flag needs an argument: " + argument);
    return Set(flag, arguments_[next_++]);
  }

  Status Short(const std::string& argument) {
    std::string_view letters = std::string_view(argument).substr(1);
    while (!letters.empty()) {
      Flag flag = FindShort(letters[0]);
      if (!flag) {
        return Fail("unknown shorthand flag: " + QuoteByte(letters[0]) + " in -" +
                    std::string(letters));
      }
      if (flag.own == Own::kHelp) {
        line_.warnings.push_back("Flag shorthand -h has been deprecated, please use --help");
      }
      if (letters.size() > 2 && letters[1] == '=') return Set(flag, letters.substr(2));
      if (flag.IsBool()) {
        BUOY_TRY(Set(flag, "true"));
        letters.remove_prefix(1);
        continue;
      }
      if (letters.size() > 1) return Set(flag, letters.substr(1));
      if (next_ == arguments_.size()) {
        return Fail("flag needs an argument: " + QuoteByte(letters[0]) + " in -" +
                    std::string(letters));
      }
      return Set(flag, arguments_[next_++]);
    }
    return Ok();
  }

  Status Set(const Flag& flag, std::string_view text) {
    Status set = flag.key != nullptr ? SetKey(*flag.key, text) : SetOwn(flag, text);
    if (set.ok()) return set;
    return Fail("invalid argument " + Quote(text) + " for " + Quote(Shown(flag)) +
                " flag: " + set.error().message());
  }

  Status SetOwn(const Flag& flag, std::string_view text) {
    if (flag.own == Own::kConfigFile) {
      line_.config_file = std::string(text);
      line_.config_file_given = true;
      return Ok();
    }
    BUOY_ASSIGN(bool on, ParseBool(text));
    bool& target = flag.own == Own::kHelp      ? line_.help
                   : flag.own == Own::kVersion ? line_.version
                                               : line_.validate;
    target = on;
    return Ok();
  }

  Status SetKey(const Key& key, std::string_view text) {
    auto [place, first] = line_.values.try_emplace(key.name);
    if (first && key.deprecated[0] != 0) {
      line_.warnings.push_back("Flag --" + std::string(key.flag) + " has been deprecated, " +
                               key.deprecated);
    }
    std::string checked(text);
    if (key.check_flag) {
      BUOY_ASSIGN(checked, key.check(checked));
    }
    return AddText(key.type, checked, first, place->second);
  }

  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  bool positional_ = false;
  CommandLine line_;
};

}  // namespace

Result<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments) {
  return Parser(arguments).Run();
}

}  // namespace buoy::config
