#include "daemon/logging/log.h"

#include <gtest/gtest.h>

namespace buoy::log {
namespace {

constexpr char kTime[] = "2026-11-24T19:13:43.123456789Z";

TEST(FormatLine, TextIsLogrus) {
  EXPECT_EQ(FormatLine(Format::kText, Level::kInfo, "Starting up", {}, kTime),
            "time=\"2026-11-24T19:13:43.123456789Z\" level=info msg=\"Starting up\"");
  EXPECT_EQ(FormatLine(Format::kText, Level::kWarn, "x",
                       {{"zone", "a b"}, {"error", "say \"no\"\n"}, {"n", 5}, {"e", ""}}, kTime),
            "time=\"2026-11-24T19:13:43.123456789Z\" level=warning msg=x e= "
            "error=\"say \\\"no\\\"\\n\" n=5 zone=\"a b\"");
}

TEST(FormatLine, JsonHasSortedKeys) {
  EXPECT_EQ(FormatLine(Format::kJson, Level::kError, "oh\x01", {{"a", true}, {"z", "1"}}, kTime),
            "{\"a\":true,\"level\":\"error\",\"msg\":\"oh\\u0001\","
            "\"time\":\"2026-11-24T19:13:43.123456789Z\",\"z\":\"1\"}");
}

TEST(ParseLevel, TakesLogrusNames) {
  EXPECT_EQ(ParseLevel("WARN"), Level::kWarn);
  EXPECT_EQ(ParseLevel("panic"), Level::kFatal);
  EXPECT_FALSE(ParseLevel("loud").has_value());
}

TEST(Level, ChangesLive) {
  SetLevel(Level::kError);
  EXPECT_FALSE(Enabled(Level::kInfo));
  SetLevel(Level::kDebug);
  EXPECT_TRUE(Enabled(Level::kDebug));
}

}  // namespace
}  // namespace buoy::log
