#include "daemon/image/dockerfile_changes.h"

#include <signal.h>
#include <string.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>

#include "common/gotime/duration.h"
#include "common/net/port.h"
#include "daemon/image/dockerfile_words.h"

namespace buoy::image {

namespace {

struct State {
  types::ContainerConfig& config;
  bool cmd_set = false;
};

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

json::List<std::string> ListOf(std::vector<std::string> words) {
  json::List<std::string> list(std::move(words));
  list.is_null = false;
  return list;
}

Status NeedsOne(const Instruction& instruction) {
  if (!instruction.rest.empty()) return Ok();
  return InvalidArgument(Upper(instruction.name) + " requires exactly one argument");
}

Status NeedsSome(const Instruction& instruction) {
  if (!instruction.rest.empty()) return Ok();
  return InvalidArgument(Upper(instruction.name) + " requires at least one argument");
}

// A command in JSON or as a line for the shell.
json::List<std::string> CommandLine(const Instruction& instruction, const State& state) {
  if (auto words = ParseJsonWords(instruction.rest)) return ListOf(*std::move(words));
  auto line = state.config.shell.empty() ? ListOf({"/bin/sh", "-c"}) : state.config.shell;
  line.push_back(instruction.rest);
  return line;
}

Status Cmd(const Instruction& instruction, State& state) {
  state.config.cmd = CommandLine(instruction, state);
  state.cmd_set = true;
  return Ok();
}

Status Entrypoint(const Instruction& instruction, State& state) {
  auto line = CommandLine(instruction, state);
  state.config.entrypoint = line.empty() ? json::List<std::string>() : line;
  // A command from before was meant for another entrypoint.
  if (!state.cmd_set) state.config.cmd = json::List<std::string>();
  return Ok();
}

Status Env(const Instruction& instruction, State& state) {
  BUOY_ASSIGN(auto pairs, ParsePairs("ENV", instruction.rest));
  const std::vector<std::string> before = state.config.env;
  for (const auto& [raw_name, raw_value] : pairs) {
    BUOY_ASSIGN(std::string name, ExpandWord(raw_name, before));
    BUOY_ASSIGN(std::string value, ExpandWord(raw_value, before));
    if (name.empty()) return InvalidArgument("ENV names can not be blank");
    auto& env = state.config.env;
    auto at = std::find_if(env.begin(), env.end(), [&, key = name + "="](const auto& item) {
      return item.starts_with(key);
    });
    if (at == env.end()) at = env.insert(env.end(), "");
    *at = name + "=" + value;
  }
  return Ok();
}

Status Label(const Instruction& instruction, State& state) {
  BUOY_ASSIGN(auto pairs, ParsePairs("LABEL", instruction.rest));
  for (const auto& [raw_name, raw_value] : pairs) {
    BUOY_ASSIGN(std::string name, ExpandWord(raw_name, state.config.env));
    if (name.empty()) return InvalidArgument("LABEL names can not be blank");
    BUOY_ASSIGN(state.config.labels[name], ExpandWord(raw_value, state.config.env));
  }
  return Ok();
}

Status Expose(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsSome(instruction));
  BUOY_ASSIGN(auto words, ExpandWords(instruction.rest, state.config.env));
  for (const auto& word : words) {
    const size_t slash = word.find('/');
    std::string proto = slash == std::string::npos ? "tcp" : word.substr(slash + 1);
    for (char& c : proto) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string ports = word.substr(0, slash);
    // "host:container" is accepted; only the container's side counts.
    if (size_t colon = ports.rfind(':'); colon != std::string::npos) ports.erase(0, colon + 1);
    auto range = net::PortRange::Parse(ports);
    if (ports.empty() || !range.ok()) return InvalidArgument("Invalid containerPort: " + ports);
    if (proto != "tcp" && proto != "udp" && proto != "sctp") {
      return InvalidArgument("Invalid proto: " + proto);
    }
    for (int port = range->first; port <= range->last; ++port) {
      state.config.exposed_ports.insert(std::to_string(port) + "/" + proto);
    }
  }
  return Ok();
}

Status OnBuild(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsSome(instruction));
  const std::string trigger = Upper(SplitBlanks(instruction.rest)[0]);
  if (trigger == "ONBUILD") {
    return InvalidArgument("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (trigger == "MAINTAINER" || trigger == "FROM") {
    return InvalidArgument(trigger + " isn't allowed as an ONBUILD trigger");
  }
  state.config.on_build.push_back(instruction.rest);
  return Ok();
}

bool IsSignal(const std::string& text) {
  int number = 0;
  const char* end = text.data() + text.size();
  if (auto [rest, error] = std::from_chars(text.data(), end, number); error == std::errc()) {
    return rest == end && number > 0 && number <= SIGRTMAX;
  }
  std::string name = Upper(text);
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (name == "RTMIN" || name == "RTMAX" || name == "CLD" || name == "IOT" || name == "IO") {
    return true;
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && name == known) return true;
  }
  const bool up = name.starts_with("RTMIN+");
  if (!up && !name.starts_with("RTMAX-")) return false;
  const char* name_end = name.data() + name.size();
  auto [rest, error] = std::from_chars(name.data() + 6, name_end, number);
  return error == std::errc() && rest == name_end && number >= 1 && number <= (up ? 15 : 14);
}

Status StopSignal(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsOne(instruction));
  BUOY_ASSIGN(std::string signal, ExpandWord(instruction.rest, state.config.env));
  if (!IsSignal(signal)) return InvalidArgument("invalid signal: " + signal);
  state.config.stop_signal = signal;
  return Ok();
}

Status User(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsOne(instruction));
  BUOY_ASSIGN(state.config.user, ExpandWord(instruction.rest, state.config.env));
  return Ok();
}

Status Volume(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsSome(instruction));
  for (const auto& raw : ParseJsonWords(instruction.rest).value_or(SplitBlanks(instruction.rest))) {
    BUOY_ASSIGN(std::string path, ExpandWord(raw, state.config.env));
    if (SplitBlanks(path).empty()) {
      return InvalidArgument("VOLUME specified can not be an empty string");
    }
    state.config.volumes.insert(path);
  }
  return Ok();
}

Status WorkDir(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsOne(instruction));
  BUOY_ASSIGN(std::string wanted, ExpandWord(instruction.rest, state.config.env));
  if (wanted.empty()) return InvalidArgument("cannot normalize nothing");
  if (!wanted.starts_with('/')) wanted = "/" + state.config.working_dir + "/" + wanted;
  std::string clean = std::filesystem::path(wanted).lexically_normal();
  while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
  state.config.working_dir = clean;
  return Ok();
}

// Flags by name; kInvalidArgument for what is not in `known`, comes twice or has no value.
Result<std::map<std::string, std::string>> ParseFlags(const Instruction& instruction,
                                                      const std::set<std::string>& known) {
  std::map<std::string, std::string> values;
  for (const auto& flag : instruction.flags) {
    const size_t equals = flag.find('=');
    const std::string name = flag.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (!known.contains(name)) return InvalidArgument("Unknown flag: " + name);
    if (equals == std::string::npos) return InvalidArgument("Missing a value on flag: " + name);
    if (!values.emplace(name, flag.substr(equals + 1)).second) {
      return InvalidArgument("Duplicate flag specified: " + name);
    }
  }
  return values;
}

Result<int64_t> Interval(const std::string& name, const std::string& text) {
  if (text.empty()) return int64_t{0};
  BUOY_ASSIGN(int64_t value, gotime::ParseDuration(text));
  if (value != 0 && value < gotime::kMillisecond) {
    return InvalidArgument("Interval \"" + name + "\" cannot be less than 1ms");
  }
  return value;
}

Status ApplyHealthFlags(const std::map<std::string, std::string>& flags,
                        types::HealthConfig* health) {
  const std::pair<const char*, int64_t*> intervals[] = {
      {"interval", &health->interval},
      {"timeout", &health->timeout},
      {"start-period", &health->start_period},
      {"start-interval", &health->start_interval},
  };
  for (const auto& [name, value] : intervals) {
    if (auto flag = flags.find(name); flag != flags.end()) {
      BUOY_ASSIGN(*value, Interval(name, flag->second));
    }
  }
  auto flag = flags.find("retries");
  if (flag == flags.end() || flag->second.empty()) return Ok();
  const std::string& text = flag->second;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, health->retries);
  if (error != std::errc() || rest != end) {
    return InvalidArgument("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
  }
  if (health->retries < 0) {
    return InvalidArgument("--retries must be at least 1 (not " + text + ")");
  }
  return Ok();
}

Status HealthCheck(const Instruction& instruction, State& state) {
  BUOY_TRY(NeedsSome(instruction));
  BUOY_ASSIGN(auto flags, ParseFlags(instruction, {"interval", "timeout", "start-period",
                                                   "start-interval", "retries"}));
  auto words = SplitBlanks(instruction.rest);
  const std::string type = Upper(words[0]);
  Instruction command;
  command.rest = instruction.rest.substr(words[0].size());
  command.rest.erase(0, command.rest.find_first_not_of(" \t"));
  types::HealthConfig health;
  if (type == "NONE") {
    if (words.size() > 1) return InvalidArgument("HEALTHCHECK NONE takes no arguments");
    health.test = ListOf({"NONE"});
  } else if (type == "CMD") {
    if (command.rest.empty()) return InvalidArgument("Missing command after HEALTHCHECK CMD");
    if (auto argv = ParseJsonWords(command.rest)) {
      if (argv->empty()) return InvalidArgument("Missing command after HEALTHCHECK CMD");
      argv->insert(argv->begin(), "CMD");
      health.test = ListOf(*std::move(argv));
    } else {
      health.test = ListOf({"CMD-SHELL", command.rest});
    }
    BUOY_TRY(ApplyHealthFlags(flags, &health));
  } else {
    return InvalidArgument("Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
  }
  state.config.healthcheck = std::move(health);
  return Ok();
}

using Handler = Status (*)(const Instruction&, State&);
constexpr std::pair<std::string_view, Handler> kHandlers[] = {
    {"cmd", Cmd},         {"entrypoint", Entrypoint},   {"env", Env},
    {"expose", Expose},   {"healthcheck", HealthCheck}, {"label", Label},
    {"onbuild", OnBuild}, {"stopsignal", StopSignal},   {"user", User},
    {"volume", Volume},   {"workdir", WorkDir},
};

Handler FindHandler(std::string_view name) {
  for (const auto& [known, handler] : kHandlers) {
    if (known == name) return handler;
  }
  return nullptr;
}

}  // namespace

Status ApplyChanges(const std::vector<std::string>& changes, types::ContainerConfig* config) {
  if (changes.empty()) return Ok();
  std::string text;
  for (const auto& change : changes) text += change + "\n";
  BUOY_ASSIGN(auto instructions, ParseInstructions(text));
  for (const auto& instruction : instructions) {
    if (FindHandler(instruction.name) == nullptr) {
      return InvalidArgument(instruction.name + " is not a valid change command");
    }
  }
  State state{*config};
  for (const auto& instruction : instructions) {
    if (instruction.name != "healthcheck") BUOY_TRY(ParseFlags(instruction, {}));
    BUOY_TRY(FindHandler(instruction.name)(instruction, state));
  }
  return Ok();
}

}  // namespace buoy::image
