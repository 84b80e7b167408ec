#include "daemon/config/checks.h"

#include <algorithm>
#include <cctype>

#include "common/net/ip.h"
#include "common/unix/pipe_size.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

Result<std::string> NotNegative(const std::string& text, const char* what) {
  if (!text.empty() && text[0] == '-') {
    return InvalidArgument(std::string("invalid ") + what + ": " + text);
  }
  return text;
}

bool IsDomain(std::string_view text) {
  bool letter = false;
  size_t label = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '.') {
      if (label == 0 || text[i - 1] == '-') return false;
      label = 0;
      continue;
    }
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') return false;
    if (label == 0 && c == '-') return false;
    letter = letter || std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (++label > 63) return false;
  }
  return letter && text.size() < 255 && (text.empty() || text.back() != '-');
}

}  // namespace

Result<std::string> CheckLabel(const std::string& text) {
  if (text.find('=') == std::string::npos) {
    return InvalidArgument("bad attribute format: " + text);
  }
  std::string lower = Lower(text);
  for (const char* reserved : {"com.docker.", "io.docker.", "org.dockerproject."}) {
    if (lower.starts_with(reserved)) {
      return InvalidArgument("label " + text +
                             " is not allowed: the namespaces com.docker.*, io.docker.*, and "
                             "org.dockerproject.* are reserved for internal use");
    }
  }
  return text;
}

Result<std::string> CheckMirror(const std::string& text) {
  size_t mark = text.find("://");
  if (mark == std::string::npos || mark == 0) {
    return InvalidArgument("invalid mirror: no scheme specified for " + Quote(text) +
                           ": must use either 'https://' or 'http://'");
  }
  std::string scheme = text.substr(0, mark);
  if (scheme != "http" && scheme != "https") {
    return InvalidArgument("invalid mirror: unsupported scheme " + Quote(scheme) + " in " +
                           Quote(text) + ": must use either 'https://' or 'http://'");
  }
  if (text.find_first_of("?#") != std::string::npos) {
    return InvalidArgument("invalid mirror: query or fragment at end of the URI " + Quote(text));
  }
  std::string authority = text.substr(mark + 3, text.find('/', mark + 3) - mark - 3);
  if (size_t at = authority.rfind('@'); at != std::string::npos) {
    std::string user = authority.substr(0, std::min(at, authority.find(':')));
    std::string shown = text;
    shown.replace(mark + 3, at, user + ":xxxxx");
    return InvalidArgument("invalid mirror: username/password not allowed in URI " + Quote(shown));
  }
  return text.ends_with('/') ? text : text + "/";
}

Result<std::string> CheckInsecureRegistry(const std::string& text) {
  std::string name = text == "index.docker.io" ? "docker.io" : text;
  if (name.starts_with('-') || name.ends_with('-')) {
    return InvalidArgument("invalid index name (" + name + "). Cannot begin or end with a hyphen");
  }
  return name;
}

Result<std::string> CheckDnsSearch(const std::string& text) {
  std::string domain = Trim(text);
  if (domain == ".") return domain;
  if (domain.ends_with('.')) domain.pop_back();
  if (!IsDomain(domain)) return InvalidArgument(text + " is not a valid domain");
  return domain;
}

Result<std::string> CheckGenericResource(const std::string& text) {
  if (text.find('=') == std::string::npos) {
    return InvalidArgument("invalid node-generic-resource format `" + text +
                           "` expected `name=value`");
  }
  return text;
}

Result<std::string> CheckLogLevel(const std::string& text) {
  std::string level = Lower(text);
  for (const char* known : {"", "panic", "fatal", "error", "warn", "info", "debug", "trace"}) {
    if (level == known) return text;
  }
  return InvalidArgument("invalid logging level: " + text);
}

Result<std::string> CheckLogFormat(const std::string& text) {
  if (text.empty() || text == "text" || text == "json") return text;
  return InvalidArgument("invalid log format: " + text);
}

Result<std::string> CheckExecOpt(const std::string& text) {
  size_t equals = text.find('=');
  std::string key = Lower(Trim(text.substr(0, equals)));
  std::string value = equals == std::string::npos ? "" : Trim(text.substr(equals + 1));
  std::string error = "invalid exec-opt (" + text + "): ";
  if (key.empty() || value.empty()) {
    return InvalidArgument(error + "must be formatted 'opt=value'");
  }
  if (key == "isolation") {
    return InvalidArgument(error + "option 'isolation' is only supported on windows");
  }
  if (key != "native.cgroupdriver") {
    return InvalidArgument(error + "unknown option: '" + key + "'");
  }
  if (value != "cgroupfs" && value != "systemd") {
    return InvalidArgument("invalid cgroup driver: " + value);
  }
  return key + "=" + value;
}

Result<std::string> CheckIpcMode(const std::string& text) {
  constexpr char kHint[] = "use \"shareable\" or \"private\"";
  if (text.empty() || text == "private" || text == "shareable") return text;
  if (text == "none" || text == "host" || text.starts_with("container:")) {
    return InvalidArgument("IPC mode \"" + text + "\" is not supported as default value; " + kHint);
  }
  return InvalidArgument("default IPC mode setting (" + text + ") is invalid; " + kHint);
}

Result<std::string> CheckCgroupnsMode(const std::string& text) {
  if (text.empty() || text == "host" || text == "private") return text;
  return InvalidArgument("invalid default cgroup namespace (" + text +
                         "): use \"host\" or \"private\"");
}

Result<std::string> CheckCidr(const std::string& text) {
  if (text.empty() || net::IpPrefix::Parse(text).ok()) return text;
  return InvalidArgument("invalid CIDR address: " + text);
}

Result<std::string> CheckFixedCidrV6(const std::string& text) {
  if (text.empty()) return text;
  auto prefix = net::IpPrefix::Parse(text);
  if (!prefix.ok() || text.find(':') == std::string::npos) {
    return InvalidArgument("invalid fixed-cidr-v6: invalid CIDR address: " + text);
  }
  return text;
}

Result<std::string> CheckAbsolute(const std::string& text) {
  if (text.empty() || text[0] == '/') return text;
  return InvalidArgument("must be an absolute path: " + text);
}

Result<std::string> CheckMtu(const std::string& text) { return NotNegative(text, "default MTU"); }
Result<std::string> CheckDownloads(const std::string& text) {
  return NotNegative(text, "max concurrent downloads");
}
Result<std::string> CheckUploads(const std::string& text) {
  return NotNegative(text, "max concurrent uploads");
}
Result<std::string> CheckAttempts(const std::string& text) {
  return NotNegative(text, "max download attempts");
}

Result<std::string> CheckDiagnosticPort(const std::string& text) {
  if (text[0] != '-' && (text.size() < 5 || (text.size() == 5 && text <= "65535"))) return text;
  return InvalidArgument("invalid network-diagnostic-port (" + text +
                         "): value must be between 0 and 65535");
}

Result<std::string> CheckStdioBuffer(const std::string& text) {
  BUOY_ASSIGN(const int64_t size, ParseInt(text, "ParseInt", 10));
  BUOY_TRY(CheckPipeSize("stdio-buffer-size", size));
  return text;
}

Result<std::string> CheckCorsHeader(const std::string& text) {
  if (text.empty()) return text;
  return InvalidArgument(
      "DEPRECATED: The \"api-cors-header\" config parameter and the dockerd \"--api-cors-header\" "
      "option have been removed; use a reverse proxy if you need CORS headers");
}

}  // namespace buoy::config
