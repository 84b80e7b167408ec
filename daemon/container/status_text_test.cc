#include "daemon/container/status_text.h"

#include <gtest/gtest.h>

#include "daemon/container/signals.h"

namespace buoy::container {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'700'000'000 * kSecond;

struct Case {
  StatusInput input;
  const char* text;
};

class StatusTextTest : public testing::TestWithParam<Case> {};

TEST_P(StatusTextTest, IsDockers) {
  EXPECT_EQ(StatusText(GetParam().input, kNow), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, StatusTextTest,
    testing::Values(
        Case{{State::kCreated, 0, 0, 0, ""}, "Created"},
        Case{{State::kRunning, 0, kNow - 180 * kSecond, 0, "healthy"}, "Up 3 minutes (healthy)"},
        Case{{State::kRunning, 0, kNow - 5 * kSecond, 0, "starting"},
             "Up 5 seconds (health: starting)"},
        Case{{State::kRunning, 0, kNow - 5 * kSecond, 0, "none"}, "Up 5 seconds"},
        Case{{State::kPaused, 0, kNow - 7200 * kSecond, 0, "healthy"}, "Up 2 hours (Paused)"},
        Case{{State::kRestarting, 1, kNow - 9 * kSecond, kNow - 2 * kSecond, ""},
             "Restarting (1) 2 seconds ago"},
        Case{{State::kExited, 0, kNow - 60 * kSecond, kNow - 5 * kSecond, ""},
             "Exited (0) 5 seconds ago"},
        Case{{State::kExited, 137, kNow - 60 * kSecond, 0, ""}, ""},
        Case{{State::kRemoving, 0, kNow, kNow, ""}, "Removal In Progress"},
        Case{{State::kDead, 0, kNow, kNow, ""}, "Dead"}));

TEST(Signals, NamesAndNumbers) {
  EXPECT_EQ(*ParseSignal("KILL"), 9);
  EXPECT_EQ(*ParseSignal("sigterm"), 15);
  EXPECT_EQ(*ParseSignal("SIGRTMIN+3"), 37);
  EXPECT_EQ(*ParseSignal("RTMAX-14"), 50);
  EXPECT_EQ(*ParseSignal("9"), 9);
  for (const char* bad : {"", "0", "SIGFOO", "RTMIN+16", "RTMAX-15", "9x"}) {
    auto parsed = ParseSignal(bad);
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.error().message(), std::string("invalid signal: ") + bad);
  }
  EXPECT_TRUE(IsKnownSignal(64));
  EXPECT_FALSE(IsKnownSignal(33));
  EXPECT_FALSE(IsKnownSignal(-1));
}

}  // namespace
}  // namespace buoy::container
