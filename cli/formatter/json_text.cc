#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include "cli/formatter/value.h"

namespace buoy::cli {
namespace {

// Copies a string literal that starts at text[at]; returns the index after it.
size_t CopyString(std::string_view text, size_t at, std::string& out) {
  size_t end = at + 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end + 1, text.size());
  out.append(text.substr(at, end - at));
  return end;
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Indenter {
 public:
  explicit Indenter(std::string_view indent) : indent_(indent) {}

  std::string Run(std::string_view json) {
    for (size_t i = 0; i < json.size();) {
      char c = json[i];
      if (IsSpace(c)) {
        ++i;
        continue;
      }
      if (fresh_ && c != ']' && c != '}') NewLine(++depth_);
      if (c == '"') {
        fresh_ = false;
        i = CopyString(json, i, out_);
        continue;
      }
      Punctuation(c);
      ++i;
    }
    return std::move(out_);
  }

 private:
  void NewLine(size_t depth) {
    fresh_ = false;
    out_ += '\n';
    for (size_t i = 0; i < depth; ++i) out_ += indent_;
  }
  void Punctuation(char c) {
    bool was_fresh = std::exchange(fresh_, c == '{' || c == '[');
    if ((c == '}' || c == ']') && !was_fresh) NewLine(--depth_);
    out_ += c;
    if (c == ',') NewLine(depth_);
    if (c == ':') out_ += ' ';
  }

  std::string_view indent_;
  std::string out_;
  size_t depth_ = 0;
  bool fresh_ = false;  // right behind an opening bracket: nothing in it yet
};

// Length of a valid UTF-8 sequence at the front of `text`, 0 when it is invalid.
size_t Utf8Length(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  size_t length = byte(0) < 0x80                      ? 1
                  : byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4
                  : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3
                  : byte(0) >= 0xC2 && byte(0) < 0xE0 ? 2
                                                      : 0;
  if (length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

void AppendUnicodeEscape(std::string& out, unsigned code) {
  char buffer[8];
  snprintf(buffer, sizeof buffer, "\\u%04x", code);
  out += buffer;
}

void AppendAscii(std::string& out, char c, bool escape_html) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  bool html = escape_html && (c == '<' || c == '>' || c == '&');
  if (html || static_cast<unsigned char>(c) < 0x20) {
    AppendUnicodeEscape(out, static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

}  // namespace

std::string IndentJson(std::string_view json, std::string_view indent) {
  return Indenter(indent).Run(json);
}

std::string CompactJson(std::string_view json) {
  std::string out;
  for (size_t i = 0; i < json.size();) {
    if (json[i] == '"') {
      i = CopyString(json, i, out);
    } else {
      if (!IsSpace(json[i])) out += json[i];
      ++i;
    }
  }
  return out;
}

std::string JsonString(std::string_view text, bool escape_html) {
  std::string out = "\"";
  while (!text.empty()) {
    size_t length = Utf8Length(text);
    if (length == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    std::string_view rune = text.substr(0, length);
    if (length == 1) {
      AppendAscii(out, rune[0], escape_html);
    } else if (rune == "\xE2\x80\xA8") {
      out += "\\u2028";
    } else if (rune == "\xE2\x80\xA9") {
      out += "\\u2029";
    } else {
      out += rune;
    }
    text.remove_prefix(length);
  }
  return out + "\"";
}

std::string FormatFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[400];
  double size = std::fabs(value);
  bool exponent = size != 0 && (size < 1e-4 || size >= 1e21);
  auto format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, format);
  return error == std::errc() ? std::string(buffer, end) : "0";
}

}  // namespace buoy::cli
