#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result/result.h"

namespace buoy::gotime {

// A point in time, UTC; wide enough for Go's zero time (year 1).
struct Time {
  int64_t seconds = kZeroSeconds;  // since 1970
  int32_t nanoseconds = 0;

  static constexpr int64_t kZeroSeconds = -62135596800;  // 0001-01-01T00:00:00Z
  bool IsZero() const { return seconds == kZeroSeconds && nanoseconds == 0; }
  friend bool operator==(const Time&, const Time&) = default;
  friend auto operator<=>(const Time&, const Time&) = default;
};

struct CivilTime {
  int64_t year;
  int month, day, hour, minute, second;
};

// Proleptic Gregorian calendar, no time zone.
CivilTime ToCivil(int64_t seconds);
int64_t FromCivil(const CivilTime& civil);

Time Now();
// The same as nanoseconds since 1970.
int64_t NowNs();
// a - b in nanoseconds, clamped as Go's Sub().
int64_t Sub(const Time& a, const Time& b);

// RFC 3339 with any fraction and any offset ("2024-05-01T10:00:00.123+02:00").
Result<Time> ParseRfc3339(std::string_view text);
// "2024-05-01T08:00:00.123Z": RFC3339Nano, no trailing zeros.
std::string FormatRfc3339Nano(const Time& time);
// The layout "2006-01-02T15:04:05.000000000Z07:00" in UTC, as in `docker logs -t`.
std::string FormatRfc3339Fixed(const Time& time);
// Seconds east of UTC of the local zone at that time.
int LocalOffset(int64_t seconds);

// Docker's --since / --until: a Unix time ("1700000000.5"), RFC 3339 in several shortened forms
// (local time where no zone is given), or a Go duration back from `now`.
// Returns "seconds.nanoseconds" for the API; what cannot be read goes through as it is.
Result<std::string> ParseTimestamp(std::string_view text, const Time& now);

}  // namespace buoy::gotime
