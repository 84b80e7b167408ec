#include "cli/formatter/template_literal.h"

#include <string>

#include "cli/flags/strconv.h"

namespace buoy::cli::tmpl {
namespace {

void AppendRune(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

uint32_t DecodeRune(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  if (text.empty()) return 0;
  if (byte(0) < 0x80 || text.size() < 2) return byte(0);
  if (byte(0) < 0xE0) return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
  if (text.size() < 3) return byte(0);
  if (byte(0) < 0xF0) return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  if (text.size() < 4) return byte(0);
  return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
}

// One escape behind the backslash, taken off the front of `text`.
bool Escape(std::string_view& text, std::string& out) {
  constexpr std::string_view kFrom = "abfnrtv\\'\"";
  constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\'\"";
  char c = text.front();
  text.remove_prefix(1);
  if (size_t at = kFrom.find(c); at != std::string_view::npos) {
    out += kTo[at];
    return true;
  }
  size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  int base = 16;
  std::string number;
  if (digits == 0) {
    if (c < '0' || c > '7') return false;
    number = c;
    digits = 2;
    base = 8;
  }
  if (text.size() < digits) return false;
  number += text.substr(0, digits);
  text.remove_prefix(digits);
  auto code = ParseUint(number, base, 32);
  if (!code.ok()) return false;
  if (c == 'u' || c == 'U') {
    AppendRune(out, static_cast<uint32_t>(*code));
  } else {
    out += static_cast<char>(*code);
  }
  return true;
}

Result<std::string> Unquote(std::string_view text) {
  std::string_view rest = text.substr(1, text.size() - 2);
  if (text.front() == '`') return std::string(rest);
  std::string out;
  while (!rest.empty()) {
    char c = rest.front();
    rest.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (rest.empty() || !Escape(rest, out)) {
      return InvalidArgument("invalid syntax");
    }
  }
  return out;
}

}  // namespace

Result<Value> ParseLiteral(std::string_view text) {
  if (text.front() == '"' || text.front() == '`') {
    BUOY_ASSIGN(std::string value, Unquote(text));
    return Value(std::move(value));
  }
  if (text.front() == '\'') {
    BUOY_ASSIGN(std::string value, Unquote(text));
    return Value(static_cast<int64_t>(DecodeRune(value)));
  }
  if (auto number = ParseInt(text, 0); number.ok()) return Value(*number);
  if (auto number = ParseFloat(text); number.ok()) return Value(*number);
  return InvalidArgument("bad number syntax: \"" + std::string(text) + "\"");
}

}  // namespace buoy::cli::tmpl
