#include "cli/config/auth.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "cli/formatter/value.h"
#include "common/base64/base64.h"
#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Credentials are stored under a host name or, by old clients, under a URL.
std::string HostOf(std::string_view url) {
  size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find('/')));
}

std::string HelperFor(const ConfigFile& config, const std::string& server) {
  const std::string& helper = config.root().At("credHelpers").Str(server);
  return helper.empty() ? config.Get("credsStore") : helper;
}

[[noreturn]] void ExecHelper(const std::string& program, const char* action, int in, int out) {
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execlp(program.c_str(), program.c_str(), action, nullptr);
  _exit(127);
}

// Runs docker-credential-<helper> ACTION with `input`; its output and whether it succeeded.
Result<std::pair<std::string, bool>> RunHelper(const std::string& helper, const char* action,
                                               const std::string& input) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (pipe2(to.data(), O_CLOEXEC) != 0) return ErrnoError("pipe");
  Fd to_read(to[0]), to_write(to[1]);
  if (pipe2(from.data(), O_CLOEXEC) != 0) return ErrnoError("pipe");
  Fd from_read(from[0]), from_write(from[1]);
  std::string program = "docker-credential-" + helper;
  pid_t child = fork();
  if (child < 0) return ErrnoError("fork");
  if (child == 0) ExecHelper(program, action, to_read.get(), from_write.get());
  to_read.reset();
  from_write.reset();
  (void)WriteAll(to_write.get(), input);
  to_write.reset();
  std::string output;
  char buffer[4096];
  ssize_t got;
  while ((got = read(from_read.get(), buffer, sizeof buffer)) > 0) {
    output.append(buffer, static_cast<size_t>(got));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    return Internal("exec: \"" + program + "\": executable file not found in $PATH");
  }
  return std::pair(output, status == 0);
}

Result<AuthConfig> FromHelper(const std::string& helper, const std::string& server) {
  auto result = RunHelper(helper, "get", server);
  if (!result.ok()) {
    return Internal("error getting credentials - err: " + result.error().message() + ", out: ``");
  }
  auto& [output, succeeded] = *result;
  if (!succeeded) {
    if (output.find("credentials not found") != std::string::npos) return AuthConfig{};
    return Internal("error getting credentials - err: exit status 1, out: `" + output + "`");
  }
  BUOY_ASSIGN(Value value, Value::Parse(output));
  AuthConfig auth;
  auth.server_address = server;
  if (value.Str("Username") == "<token>") {
    auth.identity_token = value.Str("Secret");
  } else {
    auth.username = value.Str("Username");
    auth.password = value.Str("Secret");
  }
  return auth;
}

AuthConfig FromEntry(const Value& entry, const std::string& server) {
  AuthConfig auth;
  auth.server_address = server;
  auth.username = entry.Str("username");
  auth.password = entry.Str("password");
  auth.identity_token = entry.Str("identitytoken");
  auth.registry_token = entry.Str("registrytoken");
  if (auto decoded = DecodeBase64(entry.Str("auth")); decoded.ok() && !decoded->empty()) {
    size_t colon = decoded->find(':');
    if (colon != std::string::npos) {
      auth.username = decoded->substr(0, colon);
      auth.password = decoded->substr(colon + 1);
      auth.password.erase(auth.password.find_last_not_of('\0') + 1);
    }
  }
  return auth;
}

}  // namespace

std::string Base64(std::string_view data, bool url_safe) {
  std::string out = Base64Encode(data);
  if (url_safe) {
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return out;
}

Result<std::string> DecodeBase64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=' || c == '\n' || c == '\r') continue;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
    size_t digit = std::string_view(kDigits).find(c);
    if (digit == std::string_view::npos) return InvalidArgument("illegal base64 data");
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if (++count == 4) {
      out += static_cast<char>(bits >> 16);
      out += static_cast<char>(bits >> 8);
      out += static_cast<char>(bits);
      count = 0;
    }
  }
  if (count >= 2) out += static_cast<char>(bits >> (count == 2 ? 4 : 10));
  if (count == 3) out += static_cast<char>(bits >> 2);
  return out;
}

std::string AuthKey(const std::string& domain) {
  return domain == "docker.io" || domain == "index.docker.io" ? kDockerHubServer : domain;
}

std::string ImageDomain(std::string_view image) {
  size_t slash = image.find('/');
  std::string_view first = image.substr(0, slash);
  bool is_domain = slash != std::string_view::npos &&
                   (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
  if (!is_domain || first == "index.docker.io") return "docker.io";
  return std::string(first);
}

Result<AuthConfig> FindAuth(const ConfigFile& config, const std::string& server) {
  if (std::string helper = HelperFor(config, server); !helper.empty()) {
    return FromHelper(helper, server);
  }
  const Value& auths = config.root().At("auths");
  if (const Value* entry = auths.Find(server)) return FromEntry(*entry, server);
  for (const auto& [key, entry] : auths.Fields()) {
    if (HostOf(key) == HostOf(server)) return FromEntry(entry, key);
  }
  return AuthConfig{};
}

std::string EncodeAuth(const AuthConfig& auth) {
  Value value = Value::Object();
  auto set = [&](const char* key, const std::string& text) {
    if (!text.empty()) value.Set(key, text);
  };
  set("username", auth.username);
  set("password", auth.password);
  set("serveraddress", auth.server_address);
  set("identitytoken", auth.identity_token);
  set("registrytoken", auth.registry_token);
  return Base64(value.Dump(true), true);
}

Result<std::string> AuthHeaderForImage(const ConfigFile& config, std::string_view image) {
  BUOY_ASSIGN(AuthConfig auth, FindAuth(config, AuthKey(ImageDomain(image))));
  return EncodeAuth(auth);
}

Status StoreAuth(ConfigFile& config, const AuthConfig& auth) {
  const std::string& server = auth.server_address;
  if (std::string helper = HelperFor(config, server); !helper.empty()) {
    Value value = Value::Object();
    value.Set("ServerURL", server);
    value.Set("Username", auth.identity_token.empty() ? auth.username : "<token>");
    value.Set("Secret", auth.identity_token.empty() ? auth.password : auth.identity_token);
    BUOY_ASSIGN(auto result, RunHelper(helper, "store", value.Dump()));
    if (!result.second) {
      return Internal("error storing credentials - err: exit status 1, out: `" + result.first +
                      "`");
    }
    return Ok();
  }
  Value entry = Value::Object();
  std::string both = auth.username + ":" + auth.password;
  if (both != ":") entry.Set("auth", Base64(both));
  if (!auth.identity_token.empty()) entry.Set("identitytoken", auth.identity_token);
  config.SetIn("auths", server, std::move(entry));
  return config.Save();
}

Result<bool> EraseAuth(ConfigFile& config, const std::string& server) {
  if (std::string helper = HelperFor(config, server); !helper.empty()) {
    BUOY_ASSIGN(auto result, RunHelper(helper, "erase", server));
    return result.second;
  }
  if (config.root().At("auths").Find(server) == nullptr) return false;
  config.SetIn("auths", server, Value());
  BUOY_TRY(config.Save());
  return true;
}

}  // namespace buoy::cli
