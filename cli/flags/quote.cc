#include "cli/flags/quote.h"

#include <cstdio>

namespace buoy::cli {
namespace {

void AppendEscaped(std::string& out, char c, char quote) {
  switch (c) {
    case '\a':
      out += "\\a";
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
    case '\v':
      out += "\\v";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  if (c == quote) {
    out += '\\';
    out += c;
  } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
    char buffer[8];
    snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned char>(c));
    out += buffer;
  } else {
    out += c;
  }
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) AppendEscaped(out, c, '"');
  return out + "\"";
}

std::string QuoteChar(char c) {
  std::string out = "'";
  AppendEscaped(out, c, '\'');
  return out + "'";
}

}  // namespace buoy::cli
