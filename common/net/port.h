#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::net {

// "tcp", "udp" or "sctp" with a port, as in ExposedPorts: "80/tcp".
struct Port {
  uint16_t number = 0;
  std::string proto = "tcp";

  // "80", "80/udp"; a missing protocol means tcp.
  static Result<Port> Parse(std::string_view text);
  std::string ToString() const { return std::to_string(number) + "/" + proto; }
  auto operator<=>(const Port&) const = default;
};

// Both ends inclusive; {0, 0} = any port.
struct PortRange {
  uint16_t first = 0;
  uint16_t last = 0;

  // "", "8080", "8000-8010". The error is Docker's: "invalid port range: x".
  static Result<PortRange> Parse(std::string_view text);
  bool any() const { return first == 0 && last == 0; }
  bool single() const { return first == last && first != 0; }
  auto operator<=>(const PortRange&) const = default;
};

}  // namespace buoy::net
