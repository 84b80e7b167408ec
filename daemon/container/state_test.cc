#include "daemon/container/state.h"

#include <gtest/gtest.h>

#include <map>

namespace buoy::container {
namespace {

constexpr State kAll[] = {State::kCreated,  State::kRunning, State::kPaused, State::kRestarting,
                          State::kRemoving, State::kExited,  State::kDead};
constexpr StateEvent kEvents[] = {
    StateEvent::kStarted,        StateEvent::kStartFailed,    StateEvent::kPaused,
    StateEvent::kResumed,        StateEvent::kExited,         StateEvent::kExitedRestarting,
    StateEvent::kRestartGivenUp, StateEvent::kRemovalStarted, StateEvent::kRemovalFailed};

// One letter per next state in the order of kEvents; '-' = refused.
const std::map<State, const char*> kMatrix = {
    {State::kCreated, "rc-----m-"},  {State::kRunning, "--p-es---"},
    {State::kPaused, "---res---"},   {State::kRestarting, "re--e-e--"},
    {State::kRemoving, "--------d"}, {State::kExited, "re-----m-"},
    {State::kDead, "-------m-"},
};

char Letter(State state) {
  switch (state) {
    case State::kCreated:
      return 'c';
    case State::kRunning:
      return 'r';
    case State::kPaused:
      return 'p';
    case State::kRestarting:
      return 's';
    case State::kRemoving:
      return 'm';
    case State::kExited:
      return 'e';
    case State::kDead:
      return 'd';
  }
  return '?';
}

TEST(State, WholeMatrix) {
  for (State state : kAll) {
    std::string row;
    for (StateEvent event : kEvents) {
      auto next = Next(state, event);
      row += next.ok() ? Letter(*next) : '-';
      if (!next.ok()) {
        EXPECT_EQ(next.error().kind(), ErrorKind::kConflict);
      }
    }
    EXPECT_EQ(row, kMatrix.at(state)) << StateName(state);
  }
}

TEST(State, NamesRoundTrip) {
  for (State state : kAll) {
    auto parsed = ParseState(StateName(state));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, state);
  }
  EXPECT_FALSE(ParseState("hibernating").ok());
}

TEST(State, RestartingCountsAsRunning) {
  EXPECT_TRUE(IsRunning(State::kRestarting));
  EXPECT_TRUE(IsRunning(State::kPaused));
  EXPECT_FALSE(IsRunning(State::kExited));
  EXPECT_FALSE(IsRunning(State::kRemoving));
}

}  // namespace
}  // namespace buoy::container
