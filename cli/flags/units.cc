#include "cli/flags/units.h"

#include <cctype>
#include <cstdio>

#include "cli/flags/strconv.h"

namespace buoy::cli {
namespace {

constexpr std::string_view kPrefixes = "kmgtp";
constexpr const char* kDecimal[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
constexpr const char* kBinary[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};

std::string Format(double size, double base, const char* const (&units)[9], int precision) {
  size_t unit = 0;
  while (size >= base && unit < 8) {
    size /= base;
    ++unit;
  }
  char buffer[64];
  snprintf(buffer, sizeof buffer, "%.*g%s", precision, size, units[unit]);
  return buffer;
}

Result<int64_t> ParseSize(std::string_view text, double base) {
  auto invalid = [&] { return InvalidArgument("invalid size: '" + std::string(text) + "'"); };
  size_t last = text.find_last_of("01234567890. ");
  if (last == std::string_view::npos) return invalid();
  std::string_view number = text.substr(0, text[last] == ' ' ? last : last + 1);
  std::string suffix(text.substr(last + 1));
  BUOY_ASSIGN(double size, ParseFloat(number));
  if (size < 0) return invalid();
  if (suffix.empty()) return static_cast<int64_t>(size);
  auto bad = [&] { return InvalidArgument("invalid suffix: '" + suffix + "'"); };
  if (suffix.size() > 3) return bad();
  for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (suffix[0] == 'b') {
    if (suffix.size() > 1) return bad();
    return static_cast<int64_t>(size);
  }
  size_t power = kPrefixes.find(suffix[0]);
  if (power == std::string_view::npos) return bad();
  for (size_t i = 0; i <= power; ++i) size *= base;
  if (suffix.size() == 2 && suffix[1] != 'b') return bad();
  if (suffix.size() == 3 && suffix.substr(1) != "ib") return bad();
  return static_cast<int64_t>(size);
}

}  // namespace

Result<int64_t> RamInBytes(std::string_view text) { return ParseSize(text, 1024); }
Result<int64_t> FromHumanSize(std::string_view text) { return ParseSize(text, 1000); }

std::string HumanSize(double bytes, int precision) {
  return Format(bytes, 1000, kDecimal, precision);
}
std::string BytesSize(double bytes) { return Format(bytes, 1024, kBinary, 4); }

}  // namespace buoy::cli
