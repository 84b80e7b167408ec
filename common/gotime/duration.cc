#include "common/gotime/duration.h"

#include <array>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace buoy::gotime {
namespace {

struct Unit {
  std::string_view name;
  uint64_t nanoseconds;
};

constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"\xC2\xB5s", 1'000},
                                         {"\xCE\xBCs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};
constexpr uint64_t kLimit = uint64_t{1} << 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads digits; nullopt on overflow.
std::optional<uint64_t> LeadingInt(std::string_view& text) {
  uint64_t value = 0;
  while (!text.empty() && IsDigit(text.front())) {
    if (value > kLimit / 10) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(text.front() - '0');
    if (value > kLimit) return std::nullopt;
    text.remove_prefix(1);
  }
  return value;
}

// Reads the digits after the point; more of them than fit are ignored.
std::pair<uint64_t, double> LeadingFraction(std::string_view& text) {
  uint64_t value = 0;
  double scale = 1;
  bool overflow = false;
  while (!text.empty() && IsDigit(text.front())) {
    if (!overflow && value <= (kLimit - 1) / 10) {
      value = value * 10 + static_cast<uint64_t>(text.front() - '0');
      scale *= 10;
    } else {
      overflow = true;
    }
    text.remove_prefix(1);
  }
  return {value, scale};
}

Error Invalid(std::string_view text) {
  return InvalidArgument("time: invalid duration \"" + std::string(text) + "\"");
}

std::string_view LeadingUnit(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && text[length] != '.' && !IsDigit(text[length])) ++length;
  return text.substr(0, length);
}

// One "1.5h" of a duration, taken off the front of `rest`.
Result<uint64_t> ParsePart(std::string_view& rest, std::string_view whole) {
  if (rest.front() != '.' && !IsDigit(rest.front())) return Invalid(whole);
  size_t before = rest.size();
  auto value = LeadingInt(rest);
  if (!value) return Invalid(whole);
  bool digits = before != rest.size();
  uint64_t fraction = 0;
  double scale = 1;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    before = rest.size();
    std::tie(fraction, scale) = LeadingFraction(rest);
    digits = digits || before != rest.size();
  }
  if (!digits) return Invalid(whole);
  std::string_view name = LeadingUnit(rest);
  if (name.empty()) {
    return InvalidArgument("time: missing unit in duration \"" + std::string(whole) + "\"");
  }
  rest.remove_prefix(name.size());
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (*value > kLimit / unit.nanoseconds) return Invalid(whole);
    uint64_t total = *value * unit.nanoseconds;
    if (fraction > 0) {
      total += static_cast<uint64_t>(static_cast<double>(fraction) *
                                     (static_cast<double>(unit.nanoseconds) / scale));
    }
    if (total > kLimit) return Invalid(whole);
    return total;
  }
  return InvalidArgument("time: unknown unit \"" + std::string(name) + "\" in duration \"" +
                         std::string(whole) + "\"");
}

// "1.5" of 1500 with 3 digits: the fraction without trailing zeros.
std::string Fraction(uint64_t value, int digits) {
  std::string text;
  bool print = false;
  for (int i = 0; i < digits; ++i) {
    auto digit = static_cast<char>('0' + value % 10);
    print = print || digit != '0';
    if (print) text.insert(text.begin(), digit);
    value /= 10;
  }
  return std::to_string(value) + (text.empty() ? "" : "." + text);
}

}  // namespace

Result<int64_t> ParseDuration(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  if (rest == "0") return int64_t{0};
  if (rest.empty()) return Invalid(text);
  uint64_t total = 0;
  while (!rest.empty()) {
    BUOY_ASSIGN(uint64_t part, ParsePart(rest, text));
    total += part;
    if (total > kLimit) return Invalid(text);
  }
  if (negative) return static_cast<int64_t>(~total + 1);
  if (total > kLimit - 1) return Invalid(text);
  return static_cast<int64_t>(total);
}

std::string FormatDuration(int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  bool negative = nanoseconds < 0;
  auto value =
      negative ? ~static_cast<uint64_t>(nanoseconds) + 1 : static_cast<uint64_t>(nanoseconds);
  std::string text;
  if (value < 1'000) {
    text = std::to_string(value) + "ns";
  } else if (value < 1'000'000) {
    text = Fraction(value, 3) + "\xC2\xB5s";
  } else if (value < 1'000'000'000) {
    text = Fraction(value, 6) + "ms";
  } else {
    uint64_t minutes = value / 60'000'000'000;
    text = Fraction(value % 60'000'000'000, 9) + "s";
    if (minutes > 0) text = std::to_string(minutes % 60) + "m" + text;
    if (minutes >= 60) text = std::to_string(minutes / 60) + "h" + text;
  }
  return negative ? "-" + text : text;
}

std::string HumanDuration(int64_t nanoseconds) {
  int64_t seconds = nanoseconds / kSecond;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return std::to_string(seconds) + " seconds";
  int64_t minutes = nanoseconds / kMinute;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return std::to_string(minutes) + " minutes";
  // Rounded as in Go: int(d.Hours() + 0.5).
  int64_t hours = (nanoseconds + kHour / 2) / kHour;
  if (hours == 1) return "About an hour";
  if (hours < 48) return std::to_string(hours) + " hours";
  if (hours < 24 * 7 * 2) return std::to_string(hours / 24) + " days";
  if (hours < 24 * 30 * 2) return std::to_string(hours / 24 / 7) + " weeks";
  if (hours < 24 * 365 * 2) return std::to_string(hours / 24 / 30) + " months";
  return std::to_string(nanoseconds / kHour / 24 / 365) + " years";
}

}  // namespace buoy::gotime
