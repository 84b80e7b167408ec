#include <cmath>
#include <cstdlib>
#include <set>

#include "daemon/container/validate.h"

// Log drivers and their options.
namespace buoy::container {
namespace {

const std::set<std::string>& OptionsOf(const std::string& driver) {
  static const std::set<std::string> json_file = {"max-file",     "max-size", "compress",  "labels",
                                                  "labels-regex", "env",      "env-regex", "tag"};
  static const std::set<std::string> local = {"max-file", "max-size", "compress"};
  return driver == "local" ? local : json_file;
}

}  // namespace

Result<int64_t> ParseSize(const std::string& text, bool decimal) {
  const Error invalid = InvalidArgument("invalid size: '" + text + "'");
  if (text.empty() || ((text[0] < '0' || text[0] > '9') && text[0] != '.')) return invalid;
  char* end = nullptr;
  double number = std::strtod(text.c_str(), &end);
  std::string suffix;
  for (; *end != '\0'; ++end) {
    if (*end == ' ' && suffix.empty()) continue;
    suffix += static_cast<char>(std::tolower(static_cast<unsigned char>(*end)));
  }
  if (!suffix.empty() && suffix.back() == 'b') suffix.pop_back();
  if (suffix.size() == 2 && suffix[1] == 'i') suffix.pop_back();
  const std::string kUnits = "kmgtp";
  int power = 0;
  if (suffix.size() == 1 && kUnits.find(suffix[0]) != std::string::npos) {
    power = static_cast<int>(kUnits.find(suffix[0])) + 1;
  } else if (!suffix.empty()) {
    return invalid;
  }
  double bytes = number * std::pow(decimal ? 1000.0 : 1024.0, power);
  if (!(bytes >= 0) || bytes > 9e18) return invalid;
  return static_cast<int64_t>(bytes);
}

Status ResolveLogConfig(types::LogConfig& log, const types::LogConfig& defaults) {
  if (log.type.empty()) log.type = defaults.type.empty() ? "json-file" : defaults.type;
  log.config.is_null = false;
  const std::string default_type = defaults.type.empty() ? "json-file" : defaults.type;
  if (log.type == default_type) {
    for (const auto& [key, value] : defaults.config) log.config.emplace(key, value);
  }
  return ValidateLogConfig(log);
}

Status ValidateLogConfig(const types::LogConfig& log) {
  if (log.type == "none") return Ok();
  auto option = [&log](const char* key) {
    auto found = log.config.find(key);
    return found == log.config.end() ? std::string() : found->second;
  };
  const std::string mode = option("mode");
  if (!mode.empty() && mode != "blocking" && mode != "non-blocking") {
    return InvalidArgument("logger: logging mode not supported: " + mode);
  }
  if (log.config.contains("max-buffer-size")) {
    if (mode != "non-blocking") {
      return InvalidArgument(
          "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    }
    if (auto size = ParseSize(option("max-buffer-size"), false); !size.ok()) {
      return std::move(size).error().Context("error parsing option max-buffer-size");
    }
  }
  if (log.type != "json-file" && log.type != "local") {
    return InvalidArgument("logger: no log driver named '" + log.type + "' is registered");
  }
  for (const auto& [key, value] : log.config) {
    if (key == "mode" || key == "max-buffer-size" || key.rfind("cache-", 0) == 0) continue;
    if (!OptionsOf(log.type).contains(key)) {
      return InvalidArgument("unknown log opt '" + key + "' for " + log.type + " log driver");
    }
  }
  return Ok();
}

}  // namespace buoy::container
