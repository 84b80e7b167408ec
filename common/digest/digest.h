#pragma once

#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy {

// Whether `text` is exactly "sha256:" and 64 lower-case hex digits.
bool IsDigest(std::string_view text);
// Whether `text` is exactly 64 lower-case hex digits.
bool IsHex64(std::string_view text);

// OK when `text` is a digest this engine handles; else the error texts of the Go digest library
// (kInvalidArgument): "invalid checksum digest format", "unsupported digest algorithm",
// "invalid checksum digest length".
Status ValidateDigest(std::string_view text);

// The 64 hex digits of a digest. The argument must satisfy IsDigest.
std::string DigestHex(std::string_view digest);
// "sha256:" + hex.
std::string HexDigest(std::string_view hex);

// The first 12 digits of a digest or of a bare hex ID, as the CLI shows them.
std::string ShortId(std::string_view digest_or_hex);

// SHA-256 of `data` as "sha256:<hex>".
std::string Sha256Digest(std::string_view data);

}  // namespace buoy
