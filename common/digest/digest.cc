#include "common/digest/digest.h"

#include <algorithm>

#include "common/digest/sha256.h"

namespace buoy {

namespace {

constexpr std::string_view kPrefix = "sha256:";

bool IsLowerHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool IsLowerAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }

// Components of [a-z0-9]+ joined by one of "+._-".
bool IsAlgorithm(std::string_view text) {
  bool after_separator = true;
  for (char c : text) {
    bool separator = c == '+' || c == '.' || c == '_' || c == '-';
    if (!separator && !IsLowerAlnum(c)) return false;
    if (separator && after_separator) return false;
    after_separator = separator;
  }
  return !after_separator;
}

bool IsEncoded(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLowerAlnum(c) || (c >= 'A' && c <= 'Z') || c == '=' || c == '_' || c == '-';
  });
}

}  // namespace

bool IsHex64(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), IsLowerHex);
}

bool IsDigest(std::string_view text) {
  return text.starts_with(kPrefix) && IsHex64(text.substr(kPrefix.size()));
}

Status ValidateDigest(std::string_view text) {
  if (IsDigest(text)) return Ok();
  size_t colon = text.find(':');
  if (colon == std::string_view::npos || !IsAlgorithm(text.substr(0, colon)) ||
      !IsEncoded(text.substr(colon + 1))) {
    return InvalidArgument("invalid checksum digest format");
  }
  if (text.substr(0, colon) != "sha256") return InvalidArgument("unsupported digest algorithm");
  if (text.size() - colon - 1 != 64) return InvalidArgument("invalid checksum digest length");
  return InvalidArgument("invalid checksum digest format");
}

std::string DigestHex(std::string_view digest) {
  return std::string(digest.substr(kPrefix.size()));
}

std::string HexDigest(std::string_view hex) { return std::string(kPrefix).append(hex); }

std::string ShortId(std::string_view digest_or_hex) {
  size_t colon = digest_or_hex.find(':');
  if (colon != std::string_view::npos) digest_or_hex.remove_prefix(colon + 1);
  return std::string(digest_or_hex.substr(0, 12));
}

std::string Sha256Digest(std::string_view data) {
  Sha256 hash;
  hash.Update(data);
  return hash.Digest();
}

}  // namespace buoy
