#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::net {

// An IPv4 or IPv6 address. Comparable: IPv4 before IPv6, then numerically.
class IpAddress {
 public:
  IpAddress() = default;  // invalid
  static IpAddress V4(uint32_t host_order);
  static IpAddress V6(const std::array<uint8_t, 16>& bytes);
  // "10.0.0.1", "fd00::1"; IPv4-mapped IPv6 addresses become IPv4. No zone, no port, no brackets.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool valid() const { return family_ != 0; }
  bool is_v4() const { return family_ == 4; }
  bool is_v6() const { return family_ == 6; }
  int bits() const { return is_v4() ? 32 : 128; }
  size_t size() const { return is_v4() ? 4 : 16; }
  // size() bytes in network order.
  const uint8_t* data() const { return bytes_.data(); }
  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), size()}; }

  bool IsLoopback() const;
  bool IsUnspecified() const;
  bool IsLinkLocal() const;
  bool IsMulticast() const;
  // Canonical (RFC 5952) text; "" when invalid.
  std::string ToString() const;
  // The address `offset` further on; wraps around.
  IpAddress Plus(uint64_t offset) const;
  // How far this is behind `base`, saturating at UINT64_MAX. Undefined when before it.
  uint64_t Minus(const IpAddress& base) const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  friend class IpPrefix;
  int family_ = 0;
  std::array<uint8_t, 16> bytes_{};  // the first size() count
};

// An address with a prefix length: a network, or an interface's address in its network.
class IpPrefix {
 public:
  IpPrefix() = default;
  IpPrefix(IpAddress address, int length) : address_(address), length_(length) {}
  // "10.0.0.0/8". The error is Go's: "invalid CIDR address: x".
  static Result<IpPrefix> Parse(std::string_view text);

  bool valid() const { return address_.valid(); }
  const IpAddress& address() const { return address_; }
  int length() const { return length_; }
  // The same with all host bits zero.
  IpPrefix Masked() const;
  // The highest address inside (IPv4: the broadcast address).
  IpAddress Last() const;
  bool Contains(const IpAddress& address) const;
  bool Overlaps(const IpPrefix& other) const;
  std::string ToString() const;

  auto operator<=>(const IpPrefix&) const = default;

 private:
  IpAddress address_;
  int length_ = 0;
};

// 02:42:ac:11:00:02 for 172.17.0.2: Docker's address for an endpoint with that IPv4 address.
std::string MacFromIpv4(const IpAddress& address);
// "02:42:AC:11:00:02" or with dashes -> six bytes; nullopt when it is none.
std::optional<std::array<uint8_t, 6>> ParseMac(std::string_view text);
std::string FormatMac(const std::array<uint8_t, 6>& mac);

}  // namespace buoy::net
