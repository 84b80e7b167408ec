#include <gtest/gtest.h>

#include "common/gotime/duration.h"
#include "common/gotime/time.h"

namespace buoy::gotime {
namespace {

TEST(DurationTest, ParsesWhatGoParses) {
  EXPECT_EQ(*ParseDuration("1h30m"), 90 * kMinute);
  EXPECT_EQ(*ParseDuration("-1.5s"), -1500 * kMillisecond);
  EXPECT_EQ(*ParseDuration("0"), 0);
  EXPECT_EQ(*ParseDuration(".5m"), 30 * kSecond);
  EXPECT_EQ(ParseDuration("x").error().message(), "time: invalid duration \"x\"");
  EXPECT_EQ(ParseDuration("3").error().message(), "time: missing unit in duration \"3\"");
  EXPECT_EQ(ParseDuration("3y").error().message(), "time: unknown unit \"y\" in duration \"3y\"");
  EXPECT_FALSE(ParseDuration("9999999999h").ok());
}

TEST(DurationTest, FormatsAsGo) {
  EXPECT_EQ(FormatDuration(0), "0s");
  EXPECT_EQ(FormatDuration(90 * kMinute), "1h30m0s");
  EXPECT_EQ(FormatDuration(1500 * kMillisecond), "1.5s");
  EXPECT_EQ(FormatDuration(1500000), "1.5ms");
  EXPECT_EQ(FormatDuration(-12), "-12ns");
}

TEST(DurationTest, Human) {
  EXPECT_EQ(HumanDuration(0), "Less than a second");
  EXPECT_EQ(HumanDuration(kSecond), "1 second");
  EXPECT_EQ(HumanDuration(59 * kSecond), "59 seconds");
  EXPECT_EQ(HumanDuration(60 * kSecond), "About a minute");
  EXPECT_EQ(HumanDuration(3 * kMinute), "3 minutes");
  EXPECT_EQ(HumanDuration(60 * kMinute), "About an hour");
  EXPECT_EQ(HumanDuration(47 * kHour), "47 hours");
  EXPECT_EQ(HumanDuration(48 * kHour), "2 days");
  EXPECT_EQ(HumanDuration(24 * 14 * kHour), "2 weeks");
  EXPECT_EQ(HumanDuration(24 * 60 * kHour), "2 months");
  EXPECT_EQ(HumanDuration(24 * 365 * 2 * kHour + kHour), "2 years");
}

TEST(TimeTest, Rfc3339RoundTrip) {
  auto time = ParseRfc3339("2024-05-01T10:00:00.123456789+02:00");
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(FormatRfc3339Nano(*time), "2024-05-01T08:00:00.123456789Z");
  EXPECT_TRUE(ParseRfc3339("0001-01-01T00:00:00Z")->IsZero());
  EXPECT_EQ(FormatRfc3339Nano(Time{}), "0001-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339Fixed({0, 1000}), "1970-01-01T00:00:00.000001000Z");
  EXPECT_FALSE(ParseRfc3339("2024-05-01").ok());
}

TEST(TimeTest, Timestamps) {
  Time now{1000, 500};
  EXPECT_EQ(*ParseTimestamp("10s", now), "990.000000500");
  EXPECT_EQ(*ParseTimestamp("1700000000.5", now), "1700000000.5");
  EXPECT_EQ(*ParseTimestamp("1970-01-01T00:00:10Z", now), "10.000000000");
  EXPECT_FALSE(ParseTimestamp("2024-xx", now).ok());
}

}  // namespace
}  // namespace buoy::gotime
