#include "daemon/shim/restart.h"

#include <gtest/gtest.h>

#include "daemon/shim/clock.h"

namespace buoy::shim {
namespace {

struct Case {
  const char* policy;
  uint32_t max_retries;
  int32_t exit_code;
  bool cancelled;  // stopped or killed
  uint32_t count;
  bool restart;
};

class RestartMatrix : public testing::TestWithParam<Case> {};

TEST_P(RestartMatrix, Decides) {
  const Case& c = GetParam();
  const RestartDecision decision =
      NextRestart({c.policy, c.max_retries},
                  {.exit_code = c.exit_code, .cancelled = c.cancelled, .restart_count = c.count});
  EXPECT_EQ(decision.restart, c.restart);
  EXPECT_EQ(decision.restart_count, c.count + (c.restart ? 1 : 0));
}

INSTANTIATE_TEST_SUITE_P(All, RestartMatrix,
                         testing::Values(Case{"", 0, 1, false, 0, false},
                                         Case{"no", 0, 1, false, 0, false},
                                         Case{"always", 0, 0, false, 7, true},
                                         Case{"always", 0, 137, true, 0, false},
                                         Case{"unless-stopped", 0, 0, false, 0, true},
                                         Case{"unless-stopped", 0, 1, true, 0, false},
                                         Case{"on-failure", 0, 0, false, 0, false},
                                         Case{"on-failure", 0, 3, false, 99, true},
                                         Case{"on-failure", 2, 3, false, 1, true},
                                         Case{"on-failure", 2, 3, false, 2, false},
                                         Case{"on-failure", 2, 3, true, 0, false}));

// `kill -s HUP` of a container whose stop signal is another one: not the end of it, but a user's
// deed.
TEST(Restart, AnotherSignalStopsOnlyUnlessStopped) {
  const RestartInput input{.exit_code = 129, .manually_stopped = true};
  EXPECT_TRUE(NextRestart({"always", 0}, input).restart);
  EXPECT_TRUE(NextRestart({"on-failure", 3}, input).restart);
  EXPECT_FALSE(NextRestart({"unless-stopped", 0}, input).restart);
}

TEST(Restart, BackOffDoublesToAMinuteAndResets) {
  const RestartPolicy policy{"always", 0};
  RestartInput input;
  std::vector<int64_t> delays;
  for (int i = 0; i < 13; i++) {
    const RestartDecision decision = NextRestart(policy, input);
    delays.push_back(decision.delay / kMillisecond);
    input.delay = decision.delay;
    input.restart_count = decision.restart_count;
  }
  EXPECT_EQ(delays, (std::vector<int64_t>{100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200,
                                          60000, 60000, 60000}));
  EXPECT_EQ(input.restart_count, 13u);
  input.run_time = 10 * kSecond;
  EXPECT_EQ(NextRestart(policy, input).delay, 100 * kMillisecond);
}

}  // namespace
}  // namespace buoy::shim
