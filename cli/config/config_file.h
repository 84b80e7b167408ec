#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli {

// ~/.docker/config.json. Keys that Buoy does not know are kept when it is written.
class ConfigFile {
 public:
  // The folder of the configuration: DOCKER_CONFIG or ~/.docker.
  static std::string DefaultDir();

  // A missing file is an empty configuration; one that cannot be read or parsed is an error text
  // (the CLI warns and goes on with an empty configuration).
  static ConfigFile Load(const std::string& dir, std::string* warning);

  const std::string& dir() const { return dir_; }
  std::string path() const { return dir_ + "/config.json"; }
  const Value& root() const { return root_; }
  // "psFormat", "detachKeys", ...; "" when it is not set.
  const std::string& Get(std::string_view key) const { return root_.Str(key); }

  // Environment for new containers from "proxies" (both spellings of each variable), without what
  // is in `env` already.
  std::map<std::string, std::optional<std::string>> ProxyEnv(
      const std::string& host, std::map<std::string, std::optional<std::string>> env) const;

  // Changes one key of a top-level object ("auths", server, value); null removes it.
  void SetIn(const std::string& object, const std::string& key, Value value);
  // Changes a top-level text; "" removes it.
  void SetText(const std::string& key, const std::string& text);
  // Writes the file (0600 in a 0700 folder).
  Status Save() const;

 private:
  std::string dir_;
  Value root_;
};

}  // namespace buoy::cli
