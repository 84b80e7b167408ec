#pragma once

#include <string_view>

#include "common/result/result.h"

// The life of a container as one enum and one pure transition function.
namespace buoy::container {

enum class State { kCreated, kRunning, kPaused, kRestarting, kRemoving, kExited, kDead };

enum class StateEvent {
  kStarted,      // its init runs
  kStartFailed,  // it never ran: the state stays what it was, a restart by policy ends
  kPaused,
  kResumed,
  kExited,            // for good
  kExitedRestarting,  // the restart policy starts it again
  kRestartGivenUp,    // cancelled or failed while the policy waited
  kRemovalStarted,
  kRemovalFailed,
};

// The state after `event`. kConflict when it cannot happen in `state`.
Result<State> Next(State state, StateEvent event);

// "created", "running" ...: as in the API and the database.
std::string_view StateName(State state);
std::string_view StateEventName(StateEvent event);
// Unknown text (a newer release's state) is kInvalidArgument.
Result<State> ParseState(std::string_view name);

// What Docker's State.Running says: true while a restart is pending, too.
inline bool IsRunning(State state) {
  return state == State::kRunning || state == State::kPaused || state == State::kRestarting;
}

}  // namespace buoy::container
