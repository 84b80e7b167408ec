#include "cli/flags/strconv.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

Error NumError(const char* function, std::string_view text, const char* why) {
  return InvalidArgument(std::string("strconv.") + function + ": parsing " + Quote(text) + ": " +
                         why);
}

struct Digits {
  std::string text;
  int base;
};

// Takes the prefix of a base 0 number off.
Digits WithoutPrefix(std::string_view text, int base) {
  if (base != 0) return {std::string(text), base};
  base = 10;
  if (text.size() > 1 && text[0] == '0') {
    switch (std::tolower(text[1])) {
      case 'x':
        base = 16;
        break;
      case 'o':
        base = 8;
        break;
      case 'b':
        base = 2;
        break;
      default:
        break;
    }
    if (base != 10) {
      text.remove_prefix(2);
    } else {
      base = 8;
      text.remove_prefix(1);
    }
  }
  std::string clean(text);
  clean.erase(std::remove(clean.begin(), clean.end(), '_'), clean.end());
  return {clean, base};
}

}  // namespace

Result<uint64_t> ParseUint(std::string_view text, int base, int bits, const char* function) {
  Digits digits = WithoutPrefix(text, base);
  uint64_t value = 0;
  const char* end = digits.text.data() + digits.text.size();
  auto [rest, error] = std::from_chars(digits.text.data(), end, value, digits.base);
  if (digits.text.empty() || error == std::errc::invalid_argument || rest != end) {
    return NumError(function, text, "invalid syntax");
  }
  if (error == std::errc::result_out_of_range || (bits < 64 && value >> bits != 0)) {
    return NumError(function, text, "value out of range");
  }
  return value;
}

Result<int64_t> ParseInt(std::string_view text, int base, int bits, const char* function) {
  std::string_view number = text;
  bool negative = false;
  if (!number.empty() && (number.front() == '-' || number.front() == '+')) {
    negative = number.front() == '-';
    number.remove_prefix(1);
  }
  auto magnitude = ParseUint(number, base, 64, function);
  if (!magnitude.ok()) {
    bool range = magnitude.error().message().ends_with("range");
    return NumError(function, text, range ? "value out of range" : "invalid syntax");
  }
  uint64_t limit = uint64_t{1} << (bits - 1);
  if (*magnitude > limit || (*magnitude == limit && !negative)) {
    return NumError(function, text, "value out of range");
  }
  return static_cast<int64_t>(negative ? ~*magnitude + 1 : *magnitude);
}

Result<bool> ParseBool(std::string_view text) {
  for (const char* yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return NumError("ParseBool", text, "invalid syntax");
}

Result<double> ParseFloat(std::string_view text) {
  std::string copy(text);
  char* end = nullptr;
  double value = strtod(copy.c_str(), &end);
  if (copy.empty() || *end != '\0' || std::isspace(static_cast<unsigned char>(copy.front()))) {
    return NumError("ParseFloat", text, "invalid syntax");
  }
  return value;
}

}  // namespace buoy::cli
