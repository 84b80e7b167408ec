#include "daemon/container/state.h"

#include <array>
#include <string>
#include <utility>

namespace buoy::container {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 7> kNames = {{
    {State::kCreated, "created"},
    {State::kRunning, "running"},
    {State::kPaused, "paused"},
    {State::kRestarting, "restarting"},
    {State::kRemoving, "removing"},
    {State::kExited, "exited"},
    {State::kDead, "dead"},
}};

Error Impossible(State state, StateEvent event) {
  return Conflict("container is " + std::string(StateName(state)) + ": " +
                  std::string(StateEventName(event)) + " is not possible");
}

}  // namespace

Result<State> Next(State state, StateEvent event) {
  const bool alive = state == State::kRunning || state == State::kPaused;
  const bool idle = state == State::kCreated || state == State::kExited;
  switch (event) {
    case StateEvent::kStarted:
      if (idle || state == State::kRestarting) return State::kRunning;
      break;
    case StateEvent::kStartFailed:
      if (idle) return state;
      if (state == State::kRestarting) return State::kExited;
      break;
    case StateEvent::kPaused:
      if (state == State::kRunning) return State::kPaused;
      break;
    case StateEvent::kResumed:
      if (state == State::kPaused) return State::kRunning;
      break;
    case StateEvent::kExited:
      if (alive || state == State::kRestarting) return State::kExited;
      break;
    case StateEvent::kExitedRestarting:
      if (alive) return State::kRestarting;
      break;
    case StateEvent::kRestartGivenUp:
      if (state == State::kRestarting) return State::kExited;
      break;
    case StateEvent::kRemovalStarted:
      if (idle || state == State::kDead) return State::kRemoving;
      break;
    case StateEvent::kRemovalFailed:
      if (state == State::kRemoving) return State::kDead;
      break;
  }
  return Impossible(state, event);
}

std::string_view StateName(State state) {
  for (const auto& [value, name] : kNames) {
    if (value == state) return name;
  }
  return "";
}

std::string_view StateEventName(StateEvent event) {
  switch (event) {
    case StateEvent::kStarted:
      return "start";
    case StateEvent::kStartFailed:
      return "failed start";
    case StateEvent::kPaused:
      return "pause";
    case StateEvent::kResumed:
      return "unpause";
    case StateEvent::kExited:
      return "exit";
    case StateEvent::kExitedRestarting:
      return "exit with restart";
    case StateEvent::kRestartGivenUp:
      return "end of restarts";
    case StateEvent::kRemovalStarted:
      return "removal";
    case StateEvent::kRemovalFailed:
      return "failed removal";
  }
  return "";
}

Result<State> ParseState(std::string_view name) {
  for (const auto& [value, text] : kNames) {
    if (text == name) return value;
  }
  return InvalidArgument("unknown container state: " + std::string(name));
}

}  // namespace buoy::container
