#include "daemon/swarm/join_token.h"

#include <openssl/crypto.h>

#include "common/digest/digest.h"
#include "daemon/swarm/base36.h"

namespace buoy::swarm {
namespace {

constexpr std::string_view kPrefix = "SWMTKN-1-";
constexpr size_t kDigestDigits = 50, kSecretDigits = 25;
constexpr size_t kDigestBytes = 32;

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : bytes) (hex += kDigits[byte >> 4]) += kDigits[byte & 15];
  return hex;
}

}  // namespace

std::string NewJoinToken(std::string_view root_pem) {
  const std::string digest = FromHex(DigestHex(Sha256Digest(root_pem)));
  return std::string(kPrefix) + ToBase36(digest, kDigestDigits) + "-" + NewSwarmId();
}

Result<JoinToken> ParseJoinToken(std::string_view text) {
  const Error invalid = InvalidArgument("invalid join token");
  if (!text.starts_with(kPrefix)) return invalid;
  text.remove_prefix(kPrefix.size());
  if (text.size() != kDigestDigits + 1 + kSecretDigits || text[kDigestDigits] != '-') {
    return invalid;
  }
  const auto digest = FromBase36(text.substr(0, kDigestDigits), kDigestBytes);
  const std::string_view secret = text.substr(kDigestDigits + 1);
  if (!digest || secret.find('-') != std::string_view::npos) return invalid;
  return JoinToken{HexDigest(ToHex(*digest)), std::string(secret)};
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace buoy::swarm
