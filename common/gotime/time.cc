#include "common/gotime/time.h"

#include <ctime>

#include <cstdio>
#include <limits>
#include <optional>

#include "common/gotime/duration.h"

namespace buoy::failpoint {
int64_t WallShift();  // common/failpoint/wall_shift.cc
}

namespace buoy::gotime {
namespace {

// Days since 1970 of a civil date, and back (Howard Hinnant's algorithms).
int64_t DaysFromCivil(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

bool TakeNumber(std::string_view& text, size_t digits, int& out) {
  if (text.size() < digits) return false;
  out = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

int32_t TakeFraction(std::string_view& text) {
  int32_t value = 0;
  int32_t scale = 100'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return value;
}

// "Z", "+02:00" or nothing left; nullopt when it is neither.
std::optional<int> TakeZone(std::string_view& text) {
  if (TakeChar(text, 'Z')) return 0;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!TakeNumber(text, 2, hours) || !TakeChar(text, ':') || !TakeNumber(text, 2, minutes)) {
    return std::nullopt;
  }
  return sign * (hours * 3600 + minutes * 60);
}

struct Parsed {
  CivilTime civil{1970, 1, 1, 0, 0, 0};
  int32_t nanoseconds = 0;
  std::optional<int> zone;
};

// A date with as much of a time as is there.
std::optional<Parsed> ParseLoose(std::string_view text) {
  Parsed out;
  int year = 0;
  if (!TakeNumber(text, 4, year) || !TakeChar(text, '-') || !TakeNumber(text, 2, out.civil.month) ||
      !TakeChar(text, '-') || !TakeNumber(text, 2, out.civil.day)) {
    return std::nullopt;
  }
  out.civil.year = year;
  if (TakeChar(text, 'T')) {
    if (!TakeNumber(text, 2, out.civil.hour)) return std::nullopt;
    if (TakeChar(text, ':') && !TakeNumber(text, 2, out.civil.minute)) return std::nullopt;
    if (TakeChar(text, ':') && !TakeNumber(text, 2, out.civil.second)) return std::nullopt;
    if (TakeChar(text, '.')) out.nanoseconds = TakeFraction(text);
  }
  if (!text.empty()) {
    out.zone = TakeZone(text);
    if (!out.zone || !text.empty()) return std::nullopt;
  }
  const CivilTime& c = out.civil;
  if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 23 || c.minute > 59 ||
      c.second > 60) {
    return std::nullopt;
  }
  return out;
}

std::string Seconds(const Time& time) {
  char buffer[64];
  snprintf(buffer, sizeof buffer, "%lld.%09d", static_cast<long long>(time.seconds),
           time.nanoseconds);
  return buffer;
}

bool IsUnixTime(std::string_view text) {
  bool digits = false;
  bool point = false;
  for (char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits = true;
    } else {
      return false;
    }
  }
  return digits;
}

}  // namespace

CivilTime ToCivil(int64_t seconds) {
  int64_t days = seconds / 86400;
  int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2),
          month,
          day,
          static_cast<int>(rest / 3600),
          static_cast<int>(rest / 60 % 60),
          static_cast<int>(rest % 60)};
}

int64_t FromCivil(const CivilTime& civil) {
  return DaysFromCivil(civil.year, civil.month, civil.day) * 86400 + civil.hour * 3600 +
         civil.minute * 60 + civil.second;
}

Time Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (const int64_t shift = failpoint::WallShift(); shift != 0) [[unlikely]] {
    const int64_t moved = now.tv_sec * kSecond + now.tv_nsec + shift;
    return {moved / kSecond, static_cast<int32_t>(moved % kSecond)};
  }
  return {now.tv_sec, static_cast<int32_t>(now.tv_nsec)};
}

int64_t NowNs() {
  Time now = Now();
  return now.seconds * kSecond + now.nanoseconds;
}

int64_t Sub(const Time& a, const Time& b) {
  __int128 difference =
      (static_cast<__int128>(a.seconds) - b.seconds) * kSecond + (a.nanoseconds - b.nanoseconds);
  if (difference > std::numeric_limits<int64_t>::max()) return std::numeric_limits<int64_t>::max();
  if (difference < std::numeric_limits<int64_t>::min()) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(difference);
}

Result<Time> ParseRfc3339(std::string_view text) {
  auto parsed = ParseLoose(text);
  if (!parsed || !parsed->zone) {
    return InvalidArgument("parsing time \"" + std::string(text) +
                           "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
  }
  return Time{FromCivil(parsed->civil) - *parsed->zone, parsed->nanoseconds};
}

std::string FormatRfc3339Nano(const Time& time) {
  CivilTime c = ToCivil(time.seconds);
  char buffer[80];
  snprintf(buffer, sizeof buffer, "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(c.year),
           c.month, c.day, c.hour, c.minute, c.second);
  std::string text = buffer;
  if (time.nanoseconds != 0) {
    snprintf(buffer, sizeof buffer, ".%09d", time.nanoseconds);
    text += buffer;
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

std::string FormatRfc3339Fixed(const Time& time) {
  std::string text = FormatRfc3339Nano({time.seconds, 0});
  char buffer[16];
  snprintf(buffer, sizeof buffer, ".%09dZ", time.nanoseconds);
  text.pop_back();
  return text + buffer;
}

int LocalOffset(int64_t seconds) {
  time_t at = seconds;
  tm local{};
  if (localtime_r(&at, &local) == nullptr) return 0;
  return static_cast<int>(local.tm_gmtoff);
}

Result<std::string> ParseTimestamp(std::string_view text, const Time& now) {
  if (auto duration = ParseDuration(text); text != "0" && duration.ok()) {
    int64_t back = *duration;
    Time at{now.seconds - back / kSecond, static_cast<int32_t>(now.nanoseconds - back % kSecond)};
    if (at.nanoseconds < 0) {
      at.nanoseconds += static_cast<int32_t>(kSecond);
      --at.seconds;
    } else if (at.nanoseconds >= kSecond) {
      at.nanoseconds -= static_cast<int32_t>(kSecond);
      ++at.seconds;
    }
    return Seconds(at);
  }
  if (IsUnixTime(text)) return std::string(text);
  auto parsed = ParseLoose(text);
  if (!parsed) {
    bool date = text.find('-') != std::string_view::npos;
    if (!date) return std::string(text);
    return InvalidArgument("parsing time \"" + std::string(text) +
                           "\" as \"2006-01-02T15:04:05.999999999Z07:00\": cannot parse \"" +
                           std::string(text) + "\" as \"2006\"");
  }
  int64_t civil = FromCivil(parsed->civil);
  int zone = parsed->zone ? *parsed->zone : LocalOffset(civil);
  return Seconds({civil - zone, parsed->nanoseconds});
}

}  // namespace buoy::gotime
