#include "cli/config/config_file.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "common/unix/file.h"

namespace buoy::cli {
namespace {

std::string HomeDir() {
  if (const char* home = getenv("HOME"); home != nullptr && *home != '\0') return home;
  const passwd* entry = getpwuid(getuid());
  return entry == nullptr ? "" : entry->pw_dir;
}

}  // namespace

std::string ConfigFile::DefaultDir() {
  if (const char* dir = getenv("DOCKER_CONFIG"); dir != nullptr && *dir != '\0') return dir;
  return HomeDir() + "/.docker";
}

ConfigFile ConfigFile::Load(const std::string& dir, std::string* warning) {
  ConfigFile config;
  config.dir_ = dir;
  config.root_ = Value::Object();
  auto text = ReadFile(config.path());
  if (!text.ok()) {
    if (text.error().sys_errno() != ENOENT && text.error().kind() != ErrorKind::kNotFound) {
      *warning = "loading config file: " + text.error().message();
    }
    return config;
  }
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) return config;
  auto parsed = Value::Parse(*text);
  if (!parsed.ok() || parsed->kind() != Value::Kind::kObject) {
    *warning = "parsing config file (" + config.path() +
               "): " + (parsed.ok() ? "not an object" : parsed.error().message());
    return config;
  }
  config.root_ = *std::move(parsed);
  return config;
}

std::map<std::string, std::optional<std::string>> ConfigFile::ProxyEnv(
    const std::string& host, std::map<std::string, std::optional<std::string>> env) const {
  static constexpr std::pair<const char*, const char*> kVariables[] = {
      {"HTTP_PROXY", "httpProxy"},
      {"HTTPS_PROXY", "httpsProxy"},
      {"NO_PROXY", "noProxy"},
      {"FTP_PROXY", "ftpProxy"},
      {"ALL_PROXY", "allProxy"}};
  const Value& proxies = root_.At("proxies");
  const Value& proxy = proxies.Find(host) != nullptr ? proxies.At(host) : proxies.At("default");
  for (const auto& [variable, key] : kVariables) {
    const std::string& value = proxy.Str(key);
    if (value.empty()) continue;
    std::string lower = variable;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    env.emplace(variable, value);
    env.emplace(lower, value);
  }
  return env;
}

void ConfigFile::SetIn(const std::string& object, const std::string& key, Value value) {
  ValueFields fields = root_.At(object).Fields();
  std::erase_if(fields, [&](const auto& field) { return field.first == key; });
  if (!value.IsNull()) fields.emplace_back(key, std::move(value));
  root_.Set(object, Value::Object(std::move(fields)));
}

void ConfigFile::SetText(const std::string& key, const std::string& text) {
  ValueFields fields = root_.Fields();
  std::erase_if(fields, [&](const auto& field) { return field.first == key; });
  if (!text.empty()) fields.emplace_back(key, text);
  root_ = Value::Object(std::move(fields));
}

Status ConfigFile::Save() const {
  BUOY_TRY(MakeDirs(dir_, 0700));
  Value whole = root_;
  if (whole.Find("auths") == nullptr) {  // Docker's file always has it
    ValueFields fields = {{"auths", Value::Object()}};
    fields.insert(fields.end(), root_.Fields().begin(), root_.Fields().end());
    whole = Value::Object(std::move(fields));
  }
  return WriteFileAtomic(path(), IndentJson(whole.Dump(true), "\t"), 0600);
}

}  // namespace buoy::cli
