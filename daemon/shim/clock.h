#pragma once

#include <cstdint>
#include <ctime>

namespace buoy::failpoint {
int64_t WallShift();  // common/failpoint/wall_shift.cc
}

namespace buoy::shim {

inline constexpr int64_t kMillisecond = 1'000'000;
inline constexpr int64_t kSecond = 1'000'000'000;

inline int64_t ReadClock(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * kSecond + now.tv_nsec;
}
// Nanoseconds since the epoch, for records and logs.
inline int64_t WallNow() { return ReadClock(CLOCK_REALTIME) + failpoint::WallShift(); }
// Nanoseconds that only go forward, for timers.
inline int64_t MonotonicNow() { return ReadClock(CLOCK_MONOTONIC); }

}  // namespace buoy::shim
