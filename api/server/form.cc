#include "api/server/form.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "api/http/headers.h"
#include "api/server/status.h"
#include "common/json/codec.h"

namespace buoy::api {

namespace {

constexpr char kSyntax[] = "invalid syntax";
constexpr char kRange[] = "value out of range";

// nullptr, or Go's word for what is wrong.
template <class T>
const char* ParseNumber(std::string_view text, T& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return kSyntax;
  }
  if (text.empty() || text.starts_with('+')) return kSyntax;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc::invalid_argument || end != text.data() + text.size()) return kSyntax;
  return code == std::errc::result_out_of_range ? kRange : nullptr;
}

std::string GoQuote(std::string_view text) { return JsonQuote(text); }

// {"v":true}: keys whatever their value, as Go's map[string]bool keeps them.
bool AddValues(const json::Json& values, std::set<std::string>& out) {
  if (values.is_array()) {
    for (const auto& value : values) {
      if (!value.is_string()) return false;
      out.insert(value.get<std::string>());
    }
    return true;
  }
  if (!values.is_object()) return values.is_null();
  for (auto it = values.begin(); it != values.end(); ++it) {
    if (!it.value().is_boolean()) return false;
    out.insert(it.key());
  }
  return true;
}

}  // namespace

bool ParseBool(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return false;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  for (std::string_view off : {"0", "no", "false", "none"}) {
    if (EqualNoCase(text, off)) return false;
  }
  return true;
}

Result<int> ParseAtoi(std::string_view text) {
  int64_t value = 0;
  const char* fault = ParseNumber(text, value);
  // Go's int has 64 bits; what is behind the API has 32.
  if (fault == nullptr && value != static_cast<int>(value)) fault = kRange;
  if (fault == nullptr) return static_cast<int>(value);
  return InvalidArgument("strconv.Atoi: parsing " + GoQuote(text) + ": " + fault);
}

Result<int64_t> ParseInt64(std::string_view text) {
  int64_t value = 0;
  const char* fault = ParseNumber(text, value);
  if (fault == nullptr) return value;
  return InvalidArgument("strconv.ParseInt: parsing " + GoQuote(text) + ": " + fault);
}

Result<uint32_t> ParseUint32(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text[0] == '+' || text[0] == '-') return InvalidArgument(kSyntax);
  uint32_t value = 0;
  const char* fault = ParseNumber(text, value);
  if (fault == nullptr && negative) fault = kRange;
  if (fault != nullptr) return InvalidArgument(fault);
  return value;
}

Result<int64_t> ParseUnixTimestamp(std::string_view text) {
  if (text.empty()) return int64_t{0};
  auto invalid = [text](const std::string& why) {
    return InvalidArgument("invalid timestamp " + GoQuote(text) + ": " + why);
  };
  size_t dot = text.find('.');
  std::string_view seconds_text = text.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  int64_t seconds = 0;
  if (const char* fault = ParseNumber(seconds_text, seconds)) {
    return invalid("invalid seconds " + GoQuote(seconds_text) + ": " + fault);
  }
  if (fraction.size() > 20) {
    return invalid("invalid nanoseconds: length " + std::to_string(fraction.size()) +
                   " exceeds maximum 20");
  }
  int64_t nanos = 0;
  for (size_t i = 0; i < 9; ++i) {
    char c = i < fraction.size() ? fraction[i] : '0';
    if (c < '0' || c > '9') {
      return invalid("invalid nanoseconds: invalid character '" + std::string(1, c) +
                     "' at position " + std::to_string(i));
    }
    nanos = nanos * 10 + (c - '0');
  }
  constexpr int64_t kBillion = 1'000'000'000;
  constexpr int64_t kLimit = std::numeric_limits<int64_t>::max() / kBillion - 1;
  seconds = std::clamp(seconds, -kLimit, kLimit);
  return seconds * kBillion + nanos;
}

Result<Filters> ParseFilters(std::string_view text) {
  Filters filters;
  if (text.empty()) return filters;
  auto parsed = json::Parse(text);
  if (!parsed.ok()) return InvalidArgument("invalid filter");
  if (parsed->is_null()) return filters;
  if (!parsed->is_object()) return InvalidArgument("invalid filter");
  for (auto it = parsed->begin(); it != parsed->end(); ++it) {
    if (!AddValues(it.value(), filters[it.key()])) return InvalidArgument("invalid filter");
  }
  return filters;
}

Result<std::string> ParsePlatformJson(std::string_view text) {
  auto parsed = json::Parse(text);
  if (!parsed.ok()) return std::move(parsed).error().Context("failed to parse platform");
  auto field = [&](const char* name) {
    return parsed->is_object() && parsed->contains(name) && (*parsed)[name].is_string()
               ? (*parsed)[name].get<std::string>()
               : std::string();
  };
  std::string os = field("os"), arch = field("architecture"), variant = field("variant");
  if (os.empty() && arch.empty() && (!variant.empty() || !field("os.version").empty())) {
    return InvalidArgument(
        "optional platform fields provided, but OS and Architecture are missing");
  }
  if (os.empty() || arch.empty()) {
    return InvalidArgument("both OS and Architecture must be provided");
  }
  return os + "/" + arch + (variant.empty() ? "" : "/" + variant);
}

}  // namespace buoy::api
