#include "common/loglines/json_scan.h"

#include <cstdint>

namespace buoy::loglines {

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void SkipSpace(std::string_view* text) {
  while (!text->empty() && IsSpace(text->front())) text->remove_prefix(1);
}

// Takes a string literal with its quotes.
bool TakeString(std::string_view* text, std::string_view* raw) {
  if (text->empty() || text->front() != '"') return false;
  for (size_t i = 1; i < text->size(); i++) {
    if ((*text)[i] == '\\') {
      i++;
    } else if ((*text)[i] == '"') {
      *raw = text->substr(0, i + 1);
      text->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

// Takes any value; nested ones are only checked for balanced brackets.
bool TakeValue(std::string_view* text, std::string_view* raw) {
  if (text->empty()) return false;
  if (text->front() == '"') return TakeString(text, raw);
  const std::string_view start = *text;
  int depth = 0;
  while (!text->empty()) {
    const char c = text->front();
    if (c == '"') {
      std::string_view ignored;
      if (!TakeString(text, &ignored)) return false;
      continue;
    }
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']' || c == ',' || IsSpace(c)) {
      if (depth == 0) break;
      if ((c == '}' || c == ']') && --depth == 0) {
        text->remove_prefix(1);
        break;
      }
    }
    text->remove_prefix(1);
  }
  *raw = start.substr(0, start.size() - text->size());
  return depth == 0 && !raw->empty();
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits after "\u" at `at`; -1 when malformed.
int32_t HexQuad(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; i++) {
    const int digit = HexValue(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void AppendUtf8(int32_t rune, std::string* out) {
  const auto put = [out](int32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xc0 | rune >> 6), put(0x80 | (rune & 63));
  } else if (rune < 0x10000) {
    put(0xe0 | rune >> 12), put(0x80 | (rune >> 6 & 63)), put(0x80 | (rune & 63));
  } else {
    put(0xf0 | rune >> 18), put(0x80 | (rune >> 12 & 63)), put(0x80 | (rune >> 6 & 63));
    put(0x80 | (rune & 63));
  }
}

// Handles "\uXXXX" at `at` (the backslash), with a following low surrogate. Returns its length.
size_t AppendUnicodeEscape(std::string_view text, size_t at, std::string* out) {
  const int32_t high = HexQuad(text, at + 2);
  if (high < 0) {
    AppendUtf8(0xfffd, out);
    return 2;
  }
  if (high >= 0xd800 && high < 0xdc00 && text.substr(at + 6, 2) == "\\u") {
    const int32_t low = HexQuad(text, at + 8);
    if (low >= 0xdc00 && low < 0xe000) {
      AppendUtf8(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), out);
      return 12;
    }
  }
  AppendUtf8(high >= 0xd800 && high < 0xe000 ? 0xfffd : high, out);
  return 6;
}

// The length of the UTF-8 sequence at the front; 0 when invalid (as Go's utf8.DecodeRune says).
size_t Utf8Length(std::string_view s) {
  const auto at = [s](size_t i) { return static_cast<uint8_t>(s[i]); };
  const uint8_t lead = at(0);
  const size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : lead >= 0xe0 && lead <= 0xef ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  if (length == 0 || s.size() < length) return 0;
  uint8_t low = 0x80, high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  if (at(1) < low || at(1) > high) return 0;
  for (size_t i = 2; i < length; i++) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

void AppendEscapedAscii(char c, std::string* out) {
  switch (c) {
    case '\\':
    case '"':
      out->push_back('\\');
      out->push_back(c);
      return;
    case '\n':
      out->append("\\n", 2);
      return;
    case '\r':
      out->append("\\r", 2);
      return;
    default:
      out->append("\\u00", 4);
      out->push_back("0123456789abcdef"[static_cast<uint8_t>(c) >> 4]);
      out->push_back("0123456789abcdef"[c & 15]);
  }
}

// Index = byte: 0 = copied as it is.
struct EscapeTable {
  bool special[256] = {};
  constexpr EscapeTable() {
    for (int i = 0; i < 256; i++) {
      special[i] =
          i < 0x20 || i >= 0x80 || i == '\\' || i == '"' || i == '<' || i == '>' || i == '&';
    }
  }
};
constexpr EscapeTable kEscapes;

}  // namespace

bool ObjectScanner::Next(std::string* key, std::string_view* value) {
  SkipSpace(&rest_);
  if (rest_.empty()) return false;
  const char expected = started_ ? ',' : '{';
  if (started_ && rest_.front() == '}') {
    complete_ = true;
    return false;
  }
  if (rest_.front() != expected) return false;
  rest_.remove_prefix(1);
  SkipSpace(&rest_);
  if (!started_ && !rest_.empty() && rest_.front() == '}') {
    complete_ = true;
    return false;
  }
  started_ = true;
  std::string_view raw;
  if (!TakeString(&rest_, &raw)) return false;
  key->clear();
  AppendUnescaped(raw, key);
  SkipSpace(&rest_);
  if (rest_.empty() || rest_.front() != ':') return false;
  rest_.remove_prefix(1);
  SkipSpace(&rest_);
  return TakeValue(&rest_, value);
}

bool AppendUnescaped(std::string_view raw, std::string* out) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return false;
  raw = raw.substr(1, raw.size() - 2);
  for (size_t i = 0; i < raw.size();) {
    const size_t backslash = raw.find('\\', i);
    const size_t end = backslash == std::string_view::npos ? raw.size() : backslash;
    out->append(raw.data() + i, end - i);
    if (end >= raw.size()) break;
    i = end;
    const char c = i + 1 < raw.size() ? raw[i + 1] : '\0';
    if (c == 'u') {
      i += AppendUnicodeEscape(raw, i, out);
      continue;
    }
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    const size_t known = kFrom.find(c);
    if (known != std::string_view::npos) {
      out->push_back(kTo[known]);
    } else {
      AppendUtf8(0xfffd, out);
    }
    i += 2;
  }
  return true;
}

void AppendJsonString(std::string_view data, std::string* out) {
  out->push_back('"');
  size_t start = 0;
  size_t i = 0;
  const auto flush = [&] { out->append(data.data() + start, i - start); };
  while (i < data.size()) {
    if (!kEscapes.special[static_cast<uint8_t>(data[i])]) {
      i++;
      continue;
    }
    const size_t length = data[i] & 0x80 ? Utf8Length(data.substr(i)) : 1;
    const bool separator = length == 3 && data[i] == '\xe2' && data[i + 1] == '\x80' &&
                           (data[i + 2] == '\xa8' || data[i + 2] == '\xa9');
    if (length > 1 && !separator) {
      i += length;
      continue;
    }
    flush();
    if (separator) {
      out->append(data[i + 2] == '\xa8' ? "\\u2028" : "\\u2029", 6);
    } else if (length == 0) {
      out->append("\\ufffd", 6);
    } else {
      AppendEscapedAscii(data[i], out);
    }
    i += length == 0 ? 1 : length;
    start = i;
  }
  flush();
  out->push_back('"');
}

}  // namespace buoy::loglines
