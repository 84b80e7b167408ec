#include "daemon/container/log_plan.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "common/regexp/regexp.h"
#include "daemon/container/validate.h"

namespace buoy::container {
namespace {

using Pairs = std::map<std::string, std::string>;

std::string Option(const types::LogConfig& log, const char* key) {
  auto found = log.config.find(key);
  return found == log.config.end() ? "" : found->second;
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  size_t start = 0;
  while (start < text.size()) {
    size_t comma = std::min(text.find(',', start), text.size());
    if (comma > start) parts.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  return parts;
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string Tag(std::string tag, const ContainerData& data) {
  Replace(tag, "{{.ID}}", data.ShortId());
  Replace(tag, "{{.FullID}}", data.id);
  Replace(tag, "{{.Name}}", data.name);
  Replace(tag, "{{.ImageName}}", data.config.image);
  Replace(tag, "{{.ImageFullID}}", data.image_id);
  Replace(tag, "{{.DaemonName}}", "docker");
  return tag;
}

Pairs Environment(const ContainerData& data) {
  Pairs values;
  for (const auto& env : data.config.env) {
    const size_t equals = env.find('=');
    if (equals != std::string::npos) values[env.substr(0, equals)] = env.substr(equals + 1);
  }
  return values;
}

// Adds what the two options choose of `from`: a list of keys, and keys by regular expression.
Status Choose(const std::string& keys, const std::string& pattern, const Pairs& from, Pairs& out) {
  for (const auto& key : Split(keys)) {
    if (auto found = from.find(key); found != from.end()) out[key] = found->second;
  }
  if (pattern.empty()) return Ok();
  BUOY_ASSIGN(const Regexp regexp, Regexp::Compile(pattern));
  for (const auto& [key, value] : from) {
    if (regexp.Matches(key)) out[key] = value;
  }
  return Ok();
}

Result<std::vector<std::string>> LogAttributes(const ContainerData& data) {
  const types::LogConfig& log = data.host_config.log_config;
  Pairs chosen;
  BUOY_TRY(Choose(Option(log, "labels"), Option(log, "labels-regex"),
                  Pairs(data.config.labels.begin(), data.config.labels.end()), chosen));
  BUOY_TRY(Choose(Option(log, "env"), Option(log, "env-regex"), Environment(data), chosen));
  if (std::string tag = Option(log, "tag"); !tag.empty()) chosen["tag"] = Tag(tag, data);
  std::vector<std::string> flat;
  for (const auto& [key, value] : chosen) flat.insert(flat.end(), {key, value});
  return flat;
}

Result<uint32_t> ParseCount(const std::string& text) {
  char* end = nullptr;
  const long count = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0') {
    return InvalidArgument("strconv.Atoi: parsing \"" + text + "\": invalid syntax");
  }
  if (count < 1 || count > 1'000'000) return InvalidArgument("max-file cannot be less than 1");
  return static_cast<uint32_t>(count);
}

Result<bool> ParseBool(const std::string& text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return InvalidArgument("strconv.ParseBool: parsing \"" + text + "\": invalid syntax");
}

// The limits of the log's files. Texts of moby's jsonfilelog.go.
Status PlanFiles(const types::LogConfig& log, shim::LogConfig& plan) {
  const bool local = log.type == "local";
  if (local) {
    plan.max_size = 20'000'000;
    plan.max_files = 5;
    plan.compress = true;
  }
  if (log.config.contains("max-size")) {
    BUOY_ASSIGN(const int64_t size, ParseSize(Option(log, "max-size"), true));
    if (size <= 0) return InvalidArgument("max-size must be a positive number");
    plan.max_size = static_cast<uint64_t>(size);
  }
  if (log.config.contains("max-file")) {
    BUOY_ASSIGN(plan.max_files, ParseCount(Option(log, "max-file")));
  }
  if (log.config.contains("compress")) {
    BUOY_ASSIGN(plan.compress, ParseBool(Option(log, "compress")));
  }
  if (!local && plan.compress && (plan.max_files < 2 || plan.max_size == 0)) {
    return InvalidArgument(
        "compress cannot be true when max-file is less than 2 or max-size is not set");
  }
  return Ok();
}

}  // namespace

Result<shim::LogConfig> PlanLog(const ContainerData& data, const std::string& path) {
  const types::LogConfig& log = data.host_config.log_config;
  constexpr char kFailed[] =
      "failed to create task for container: failed to initialize logging driver";
  shim::LogConfig plan;
  plan.driver = log.type == "none" ? "none" : "json-file";
  plan.path = path;
  BUOY_TRY_CONTEXT(PlanFiles(log, plan), kFailed);
  plan.non_blocking = Option(log, "mode") == "non-blocking";
  if (auto bytes = ParseSize(Option(log, "max-buffer-size"), false); bytes.ok()) {
    plan.max_buffer_size = *bytes;
  }
  BUOY_ASSIGN_CONTEXT(plan.attrs, LogAttributes(data), kFailed);
  return plan;
}

}  // namespace buoy::container
