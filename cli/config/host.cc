#include "cli/config/host.h"

#include "cli/flags/strconv.h"

namespace buoy::cli {
namespace {

constexpr char kDefaultSocket[] = "/var/run/docker.sock";
constexpr char kDefaultTcp[] = "tcp://localhost:2375";
constexpr char kDefaultTls[] = "tcp://localhost:2376";

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Result<std::string> ParseTcp(std::string_view address, std::string_view whole) {
  if (address.empty()) return std::string(kDefaultTcp);
  if (address.find("://") != std::string_view::npos) {
    return InvalidArgument("invalid proto, expected tcp: " + std::string(whole));
  }
  size_t slash = address.find('/');
  std::string path(slash == std::string_view::npos ? "" : address.substr(slash));
  std::string_view host = address.substr(0, slash);
  std::string_view port;
  size_t bracket = host.rfind(']');
  size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.empty()) host = "localhost";
  if (port.empty()) port = "2375";
  if (auto number = Atoi(port); !number.ok()) {
    return InvalidArgument("invalid bind address format: " + std::string(whole));
  }
  return "tcp://" + std::string(host) + ":" + std::string(port) + path;
}

}  // namespace

Result<std::string> ParseHost(bool default_to_tls, std::string_view text) {
  text = Trim(text);
  if (text.empty()) {
    return default_to_tls ? std::string(kDefaultTls) : std::string("unix://") + kDefaultSocket;
  }
  size_t mark = text.find("://");
  std::string_view scheme = mark == std::string_view::npos ? "tcp" : text.substr(0, mark);
  std::string_view rest = mark == std::string_view::npos ? text : text.substr(mark + 3);
  if (scheme == "tcp") return ParseTcp(rest, text);
  if (scheme == "unix") {
    if (rest.find("://") != std::string_view::npos) {
      return InvalidArgument("invalid proto, expected unix: " + std::string(rest));
    }
    return "unix://" + (rest.empty() ? std::string(kDefaultSocket) : std::string(rest));
  }
  if (scheme == "fd" || scheme == "ssh") return std::string(text);
  return InvalidArgument("invalid bind address format: " + std::string(text));
}

}  // namespace buoy::cli
