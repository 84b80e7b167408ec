#include "api/server/form.h"

#include <gtest/gtest.h>

namespace buoy::api {
namespace {

using Set = std::set<std::string>;

TEST(ParseBoolTest, AsDockerReadsThem) {
  for (const char* off : {"", " ", "0", "no", "NO", "false", "False", "none", " none\t"}) {
    EXPECT_FALSE(ParseBool(off)) << off;
  }
  for (const char* on : {"1", "true", "yes", "00", "n o", "off", "f", "-1", "\xff"}) {
    EXPECT_TRUE(ParseBool(on)) << on;
  }
}

TEST(FiltersTest, BothFormsAreRead) {
  EXPECT_EQ(*ParseFilters(R"({"label":["a=b","c"],"status":["running"]})"),
            (Filters{{"label", Set{"a=b", "c"}}, {"status", Set{"running"}}}));
  EXPECT_EQ(*ParseFilters(R"({"label":{"a=b":true,"c":true},"dangling":{"1":false}})"),
            (Filters{{"label", Set{"a=b", "c"}}, {"dangling", Set{"1"}}}));
  EXPECT_EQ(*ParseFilters(""), Filters{});
  EXPECT_EQ(*ParseFilters("{}"), Filters{});
  EXPECT_EQ(*ParseFilters("null"), Filters{});
}

class BadFilterTest : public testing::TestWithParam<std::string> {};
TEST_P(BadFilterTest, IsInvalid) {
  auto filters = ParseFilters(GetParam());
  ASSERT_FALSE(filters.ok());
  EXPECT_EQ(filters.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_EQ(filters.error().message(), "invalid filter");
}
INSTANTIATE_TEST_SUITE_P(All, BadFilterTest,
                         testing::Values("x", "[]", "\"a\"", "{", R"({"a":"b"})", R"({"a":[1]})",
                                         R"({"a":{"b":"c"}})", R"({"a":[["b"]]})",
                                         std::string(100'000, '['),
                                         "{\"a\":" + std::string(100'000, '{')));

TEST(NumberTest, AtoiHasGosErrors) {
  EXPECT_EQ(*ParseAtoi("-10"), -10);
  EXPECT_EQ(*ParseAtoi("+7"), 7);
  for (const char* bad : {"x", "1x", " 1", "+-5", "++5", "-", "0x10", "1_000"}) {
    auto value = ParseAtoi(bad);
    ASSERT_FALSE(value.ok()) << bad;
    EXPECT_EQ(value.error().message(),
              "strconv.Atoi: parsing \"" + std::string(bad) + "\": invalid syntax");
  }
  for (const char* large : {"4294967296", "99999999999999999999", "-2147483649"}) {
    auto value = ParseAtoi(large);
    ASSERT_FALSE(value.ok()) << large;
    EXPECT_EQ(value.error().message(),
              "strconv.Atoi: parsing \"" + std::string(large) + "\": value out of range");
  }
}

TEST(NumberTest, SizesOfTerminals) {
  EXPECT_EQ(*ParseUint32("4294967295"), 4294967295u);
  EXPECT_EQ(ParseUint32("").error().message(), "invalid syntax");
  EXPECT_EQ(ParseUint32("+1").error().message(), "invalid syntax");
  EXPECT_EQ(ParseUint32("-1").error().message(), "value out of range");
  EXPECT_EQ(ParseUint32("4294967296").error().message(), "value out of range");
}

TEST(TimestampTest, SecondsAndFraction) {
  EXPECT_EQ(*ParseUnixTimestamp(""), 0);
  EXPECT_EQ(*ParseUnixTimestamp("1136073600"), 1136073600000000000);
  EXPECT_EQ(*ParseUnixTimestamp("1136073600.000000001"), 1136073600000000001);
  EXPECT_EQ(*ParseUnixTimestamp("1.5"), 1500000000);
  EXPECT_EQ(*ParseUnixTimestamp("1.1234567899"), 1123456789);
  EXPECT_GT(*ParseUnixTimestamp("9223372036854775807"), 0);
  for (const char* bad : {"x", "1.x", "1.2.3", "yesterday", "1.-5", "."}) {
    EXPECT_FALSE(ParseUnixTimestamp(bad).ok()) << bad;
  }
}

TEST(PlatformTest, NeedsSystemAndArchitecture) {
  EXPECT_EQ(*ParsePlatformJson(R"({"os":"linux","architecture":"arm64","variant":"v8"})"),
            "linux/arm64/v8");
  EXPECT_EQ(ParsePlatformJson(R"({"os":"linux"})").error().message(),
            "both OS and Architecture must be provided");
  EXPECT_EQ(ParsePlatformJson(R"({"variant":"v8"})").error().message(),
            "optional platform fields provided, but OS and Architecture are missing");
  for (const char* bad : {"", "linux/amd64", "[]", "1", R"({"os":1,"architecture":2})"}) {
    EXPECT_FALSE(ParsePlatformJson(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace buoy::api
