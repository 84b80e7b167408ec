#include "daemon/config/load.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "common/unix/file.h"
#include "daemon/config/config_file.h"
#include "daemon/config/cross_checks.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

void Apply(const CommandLine& flags, Settings& settings) {
  for (const auto& [name, value] : flags.values) {
    const Map* runtimes = std::get_if<Map>(&value);
    if (name != "runtimes" || !settings.IsSet(name) || runtimes == nullptr) {
      settings.Set(name, value, Source::kFlag);
      continue;
    }
    Map merged = settings.GetMap(name);  // the only key that both may have; the file's entry wins
    merged.insert(runtimes->begin(), runtimes->end());
    settings.Set(name, std::move(merged), Source::kFile);
  }
}

// --tlsverify in any form switches TLS on; TLS is verified unless that is said to be unwanted.
void ImplyTls(Settings& settings) {
  if (settings.IsSet("tlsverify")) {
    settings.Set("tls", true, settings.SourceOf("tlsverify"));
  } else if (settings.Bool("tls")) {
    settings.Set("tlsverify", true, Source::kDefault);
  }
}

// Docker's places for certificates nobody named: $DOCKER_CERT_PATH, else $DOCKER_CONFIG, else
// ~/.docker. Certificate and key are looked for there, the CA is expected there.
void FillTlsPaths(Settings& settings) {
  if (!settings.Bool("tls")) return;
  std::string folder;
  for (const char* name : {"DOCKER_CERT_PATH", "DOCKER_CONFIG"}) {
    const char* value = std::getenv(name);
    if (folder.empty() && value != nullptr) folder = value;
  }
  if (folder.empty()) {
    const char* home = std::getenv("HOME");
    folder = std::string(home != nullptr ? home : "/root") + "/.docker";
  }
  constexpr std::pair<const char*, const char*> kFiles[] = {
      {"tlscacert", "/ca.pem"}, {"tlscert", "/cert.pem"}, {"tlskey", "/key.pem"}};
  for (const auto& [key, file] : kFiles) {
    std::string path = folder + file;
    bool expected = std::string_view(key) == "tlscacert" || ::access(path.c_str(), F_OK) == 0;
    if (!settings.IsSet(key) && expected) settings.Set(key, path, Source::kDefault);
  }
}

Result<Settings> WithoutFile(const CommandLine& flags) {
  Settings settings;
  Apply(flags, settings);
  BUOY_TRY(CheckEachValue(settings));
  return settings;
}

std::string Unable(const CommandLine& flags) {
  return "unable to configure the Docker daemon with file " + flags.config_file;
}

Result<Settings> WithFile(const CommandLine& flags, const std::string& text, Occasion occasion) {
  auto file = ParseConfigFile(text, flags);
  if (!file.ok()) return std::move(file).error().Context(Unable(flags));
  Settings settings;
  for (auto& [name, value] : file->values) settings.Set(name, std::move(value), Source::kFile);
  Apply(flags, settings);
  std::string what =
      occasion == Occasion::kReload
          ? "file configuration validation failed"
          : Unable(flags) +
                ": merged configuration validation from file and command line flags failed";
  BUOY_TRY_CONTEXT(CheckEachValue(settings), what);
  return settings;
}

Result<Settings> Finish(Result<Settings> loaded) {
  if (!loaded.ok()) return loaded;
  ImplyTls(*loaded);
  FillTlsPaths(*loaded);
  BUOY_TRY(CheckTogether(*loaded));
  return loaded;
}

}  // namespace

Result<Settings> LoadText(const CommandLine& command_line, const std::string& file_text,
                          Occasion occasion) {
  return Finish(WithFile(command_line, file_text, occasion));
}

Result<Settings> Load(const CommandLine& command_line, Occasion occasion) {
  if (command_line.config_file.empty()) return Finish(WithoutFile(command_line));
  auto text = ReadFile(command_line.config_file, kMaxConfigFileSize);
  if (text.ok()) return LoadText(command_line, *text, occasion);
  if (text.error().sys_errno() == ENOENT && !command_line.config_file_given) {
    return Finish(WithoutFile(command_line));
  }
  return std::move(text)
      .error()
      .WithKind(ErrorKind::kInvalidArgument)
      .Context(Unable(command_line));
}

}  // namespace buoy::config
