#include "daemon/config/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace buoy::config {
namespace {

std::string QuoteWith(std::string_view text, const char* control) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c < 0x20 || c == 0x7f) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, control, c);
      out += buffer;
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + "\"";
}

}  // namespace

std::string Quote(std::string_view text) { return QuoteWith(text, "\\x%02x"); }
std::string JsonQuote(std::string_view text) { return QuoteWith(text, "\\u%04x"); }

std::string Trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return out;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string Join(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += separator;
    out += items[i];
  }
  return out;
}

Result<bool> ParseBool(std::string_view text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return InvalidArgument("strconv.ParseBool: parsing " + Quote(text) + ": invalid syntax");
}

Result<int64_t> ParseInt(std::string_view text, const char* function, int base) {
  std::string_view digits = text;
  bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (base == 0) {
    base = 10;
    if (digits.size() > 1 && digits[0] == '0') {
      char mark = static_cast<char>(digits[1] | 0x20);
      base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
  }
  std::string error = "strconv." + std::string(function) + ": parsing " + Quote(text) + ": ";
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  auto parsed = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || parsed.ptr != end || digits[0] == '-') {
    return InvalidArgument(error + "invalid syntax");
  }
  uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (parsed.ec == std::errc::result_out_of_range || value > limit) {
    return InvalidArgument(error + "value out of range");
  }
  return negative ? static_cast<int64_t>(~value + 1) : static_cast<int64_t>(value);
}

Result<int64_t> ParseBytes(std::string_view text) {
  size_t end = text.find_last_of("0123456789. ");
  if (end == std::string_view::npos)
    return InvalidArgument("invalid size: '" + std::string(text) + "'");
  std::string number = Trim(text.substr(0, end + 1));
  std::string suffix = Lower(text.substr(end + 1));
  double value = 0;
  auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != number.data() + number.size()) {
    return InvalidArgument("invalid size: '" + std::string(text) + "'");
  }
  if (value < 0) return InvalidArgument("invalid size: '" + std::string(text) + "'");
  if (suffix.empty() || suffix == "b") return static_cast<int64_t>(value);
  size_t power = std::string_view("kmgtp").find(suffix[0]);
  std::string_view rest = std::string_view(suffix).substr(1);
  if (power == std::string_view::npos || !(rest.empty() || rest == "b" || rest == "ib")) {
    return InvalidArgument("invalid suffix: '" + suffix + "'");
  }
  value *= std::pow(1024.0, static_cast<double>(power + 1));
  if (value >= 9.2e18) return InvalidArgument("invalid size: '" + std::string(text) + "'");
  return static_cast<int64_t>(value);
}

std::string BytesText(int64_t bytes) {
  if (bytes == 0) return "0";
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g%s", value, kUnits[unit]);
  return buffer;
}

std::string MaskCredentials(const std::string& url) {
  size_t scheme = url.find("://");
  size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  size_t at = url.rfind('@', end);
  if (at == std::string::npos || at < begin || at >= end) return url;
  return url.substr(0, begin) + "xxxxx:xxxxx" + url.substr(at);
}

}  // namespace buoy::config
