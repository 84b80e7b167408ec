#include "common/net/ip.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace buoy::net {

IpAddress IpAddress::V4(uint32_t host_order) {
  IpAddress address;
  address.family_ = 4;
  for (int i = 0; i < 4; ++i) address.bytes_[i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

IpAddress IpAddress::V6(const std::array<uint8_t, 16>& bytes) {
  IpAddress address;
  address.family_ = 6;
  address.bytes_ = bytes;
  return address;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  const std::string copy(text);
  IpAddress address;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data()) == 1) {
    address.family_ = 4;
    return address;
  }
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) != 1) return std::nullopt;
  address.family_ = 6;
  if (std::memcmp(address.bytes_.data(), kMapped, sizeof kMapped) == 0) {
    std::array<uint8_t, 16> v4{};
    std::copy(address.bytes_.begin() + 12, address.bytes_.end(), v4.begin());
    address.bytes_ = v4;
    address.family_ = 4;
  }
  return address;
}

bool IpAddress::IsLoopback() const {
  if (is_v4()) return bytes_[0] == 127;
  if (!is_v6()) return false;
  for (int i = 0; i < 15; ++i) {
    if (bytes_[i] != 0) return false;
  }
  return bytes_[15] == 1;
}

bool IpAddress::IsUnspecified() const { return valid() && bytes_ == std::array<uint8_t, 16>{}; }

bool IpAddress::IsLinkLocal() const {
  if (is_v4()) return bytes_[0] == 169 && bytes_[1] == 254;
  return is_v6() && bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::IsMulticast() const {
  return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : is_v6() && bytes_[0] == 0xff;
}

std::string IpAddress::ToString() const {
  if (!valid()) return "";
  char text[INET6_ADDRSTRLEN];
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

IpAddress IpAddress::Plus(uint64_t offset) const {
  IpAddress sum = *this;
  unsigned carry = 0;
  for (int i = static_cast<int>(size()) - 1; i >= 0; --i) {
    unsigned digit = sum.bytes_[i] + static_cast<unsigned>(offset & 0xff) + carry;
    sum.bytes_[i] = static_cast<uint8_t>(digit);
    carry = digit >> 8;
    offset >>= 8;
  }
  return sum;
}

uint64_t IpAddress::Minus(const IpAddress& base) const {
  unsigned __int128 mine = 0;
  unsigned __int128 other = 0;
  for (size_t i = 0; i < size(); ++i) {
    mine = mine << 8 | bytes_[i];
    other = other << 8 | base.bytes_[i];
  }
  unsigned __int128 distance = mine - other;
  return distance > UINT64_MAX ? UINT64_MAX : static_cast<uint64_t>(distance);
}

Result<IpPrefix> IpPrefix::Parse(std::string_view text) {
  const Error invalid = InvalidArgument("invalid CIDR address: " + std::string(text));
  size_t slash = text.find('/');
  if (slash == std::string_view::npos) return invalid;
  auto address = IpAddress::Parse(text.substr(0, slash));
  std::string_view digits = text.substr(slash + 1);
  int length = -1;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (!address || error != std::errc() || end != digits.data() + digits.size() || length < 0 ||
      length > address->bits()) {
    return invalid;
  }
  return IpPrefix(*address, length);
}

IpPrefix IpPrefix::Masked() const {
  IpPrefix masked = *this;
  for (int bit = length_; bit < address_.bits(); ++bit) {
    masked.address_.bytes_[bit / 8] &= static_cast<uint8_t>(~(0x80 >> bit % 8));
  }
  return masked;
}

IpAddress IpPrefix::Last() const {
  IpAddress last = address_;
  for (int bit = length_; bit < address_.bits(); ++bit) {
    last.bytes_[bit / 8] |= static_cast<uint8_t>(0x80 >> bit % 8);
  }
  return last;
}

bool IpPrefix::Contains(const IpAddress& address) const {
  return valid() && address.family_ == address_.family_ &&
         IpPrefix(address, length_).Masked().address_ == Masked().address_;
}

bool IpPrefix::Overlaps(const IpPrefix& other) const {
  if (!valid() || !other.valid()) return false;
  return length_ <= other.length_ ? Contains(other.address_) : other.Contains(address_);
}

std::string IpPrefix::ToString() const {
  return valid() ? address_.ToString() + "/" + std::to_string(length_) : "";
}

std::string MacFromIpv4(const IpAddress& address) {
  const uint8_t* ip = address.data();
  return FormatMac({0x02, 0x42, ip[0], ip[1], ip[2], ip[3]});
}

std::optional<std::array<uint8_t, 6>> ParseMac(std::string_view text) {
  std::array<uint8_t, 6> mac{};
  if (text.size() != 17) return std::nullopt;
  for (size_t i = 0; i < 6; ++i) {
    const char* digits = text.data() + 3 * i;
    if (i > 0 && (digits[-1] != text[2] || (text[2] != ':' && text[2] != '-'))) return std::nullopt;
    auto [end, error] = std::from_chars(digits, digits + 2, mac[i], 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
  }
  return mac;
}

std::string FormatMac(const std::array<uint8_t, 6>& mac) {
  char text[18];
  snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
           mac[4], mac[5]);
  return text;
}

}  // namespace buoy::net
