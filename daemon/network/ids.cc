#include "daemon/network/ids.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>

#include "common/net/ip.h"

namespace buoy::network {

namespace {

std::string Hex(const unsigned char* bytes, size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::string RandomMac() {
  std::array<uint8_t, 6> mac{0x02, 0x42};
  while (getrandom(mac.data() + 2, 4, 0) != 4) {
  }
  return net::FormatMac(mac);
}

std::string MacOf(const std::string& ip_address) {
  const auto ip = net::IpAddress::Parse(ip_address);
  if (!ip) return RandomMac();
  std::array<uint8_t, 6> mac{0x02, 0x42};
  std::copy_n(ip->data() + ip->size() - 4, 4, mac.begin() + 2);
  return net::FormatMac(mac);
}

std::string SandboxId(std::string_view container_id) {
  const std::string text = "sandbox " + std::string(container_id);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  return Hex(digest, 32);
}

}  // namespace buoy::network
