#include "daemon/config/decode_bom.h"

#include <cstdint>

namespace buoy::config {
namespace {

void AppendUtf8(uint32_t rune, std::string& out) {
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xc0 | (rune >> 6));
    out += static_cast<char>(0x80 | (rune & 0x3f));
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xe0 | (rune >> 12));
    out += static_cast<char>(0x80 | ((rune >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (rune & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (rune >> 18));
    out += static_cast<char>(0x80 | ((rune >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((rune >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (rune & 0x3f));
  }
}

// Lone surrogates and an odd last byte become U+FFFD.
std::string FromUtf16(std::string_view bytes, bool big_endian) {
  std::string out;
  auto unit = [&](size_t at) {
    auto a = static_cast<uint8_t>(bytes[at]), b = static_cast<uint8_t>(bytes[at + 1]);
    return static_cast<uint32_t>(big_endian ? a << 8 | b : b << 8 | a);
  };
  size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    uint32_t rune = unit(at);
    if (rune >= 0xd800 && rune < 0xdc00 && at + 3 < bytes.size()) {
      uint32_t low = unit(at + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        AppendUtf8(0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00), out);
        at += 2;
        continue;
      }
    }
    AppendUtf8(rune >= 0xd800 && rune < 0xe000 ? 0xfffd : rune, out);
  }
  if (at < bytes.size()) AppendUtf8(0xfffd, out);
  return out;
}

// The length of the character at the front, 0 when it is none. Overlong forms, surrogates and
// anything above U+10FFFF are none.
size_t CharacterLength(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                  : lead >= 0xe0 && lead < 0xf0 ? 3
                  : lead >= 0xf0 && lead < 0xf5 ? 4
                                                : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  uint8_t second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

}  // namespace

Result<std::string> DecodeBom(std::string_view bytes) {
  if (bytes.starts_with("\xfe\xff")) return FromUtf16(bytes.substr(2), true);
  if (bytes.starts_with("\xff\xfe")) return FromUtf16(bytes.substr(2), false);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  for (size_t at = 0; at < bytes.size();) {
    size_t length = CharacterLength(bytes.substr(at));
    if (length == 0) {
      return InvalidArgument("failed to decode configuration JSON at offset " + std::to_string(at) +
                             ": encoding: invalid UTF-8");
    }
    at += length;
  }
  return std::string(bytes);
}

}  // namespace buoy::config
