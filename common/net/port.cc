#include "common/net/port.h"

#include <charconv>

namespace buoy::net {

namespace {

bool ParseNumber(std::string_view text, uint16_t& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

Result<Port> Port::Parse(std::string_view text) {
  Port port;
  size_t slash = text.find('/');
  if (!ParseNumber(text.substr(0, slash), port.number)) {
    return InvalidArgument("invalid port: " + std::string(text));
  }
  if (slash != std::string_view::npos) port.proto = Lower(text.substr(slash + 1));
  if (port.proto != "tcp" && port.proto != "udp" && port.proto != "sctp") {
    return InvalidArgument("invalid protocol: " + port.proto);
  }
  return port;
}

Result<PortRange> PortRange::Parse(std::string_view text) {
  PortRange range;
  if (text.empty()) return range;
  size_t dash = text.find('-');
  bool good = ParseNumber(text.substr(0, dash), range.first);
  range.last = range.first;
  if (dash != std::string_view::npos) {
    good = good && ParseNumber(text.substr(dash + 1), range.last);
  }
  if (!good || range.last < range.first) {
    return InvalidArgument("invalid port range: " + std::string(text));
  }
  return range;
}

}  // namespace buoy::net
