#include "daemon/config/checks.h"
#include "daemon/config/paths.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

constexpr char kDefaultTcpHost[] = "localhost";
constexpr char kDefaultTcpPort[] = "2375";

Result<std::string> NormalizeTcp(const std::string& address, std::string rest) {
  std::string error = "invalid bind address (" + address + "): ";
  if (rest.find('/') != std::string::npos) {
    return InvalidArgument(error + "should not contain a path element");
  }
  std::string host, port;
  if (rest.starts_with('[')) {
    size_t close = rest.find(']');
    if (close == std::string::npos) {
      return InvalidArgument(error + "parse " + Quote("tcp://" + rest) + ": missing ']' in host");
    }
    host = rest.substr(0, close + 1);
    rest = rest.substr(close + 1);
  } else {
    size_t colon = rest.find(':');
    host = rest.substr(0, colon);
    rest = colon == std::string::npos ? "" : rest.substr(colon);
  }
  if (!rest.empty() && rest[0] == ':') port = rest.substr(1);
  if (!port.empty()) {
    auto number = ParseInt(port, "Atoi", 10);
    if (!number.ok() || *number < 0) {
      return InvalidArgument(error + "parse " + Quote("tcp://" + host + ":" + port) +
                             ": invalid port " + Quote(":" + port) + " after host");
    }
    if (*number == 0 || *number > 65535) return InvalidArgument(error + "invalid port: " + port);
  }
  return "tcp://" + (host.empty() ? kDefaultTcpHost : host) + ":" +
         (port.empty() ? kDefaultTcpPort : port);
}

}  // namespace

Result<std::string> NormalizeHost(const std::string& text) {
  std::string address = Trim(text);
  size_t mark = address.find("://");
  std::string proto = mark == std::string::npos ? "tcp" : address.substr(0, mark);
  std::string rest = mark == std::string::npos ? address : address.substr(mark + 3);
  if (proto == "tcp") return NormalizeTcp(address, rest);
  if (proto == "unix") {
    if (rest.find("://") != std::string::npos) {
      return InvalidArgument("invalid bind address (" + address +
                             "): invalid unix address: " + rest);
    }
    return "unix://" + (rest.empty() ? std::string(kDefaultSocket) : rest);
  }
  if (proto == "fd") return address;
  return InvalidArgument("invalid bind address (" + address + "): unsupported proto '" + proto +
                         "'");
}

Result<std::string> CheckHost(const std::string& text) {
  if (Trim(text).empty()) return text;
  BUOY_TRY(NormalizeHost(text));
  return text;
}

}  // namespace buoy::config
