#include "daemon/container/status_text.h"

#include "common/gotime/duration.h"

namespace buoy::container {
namespace {

std::string Ago(const StatusInput& input, int64_t now_ns, const char* verb) {
  return std::string(verb) + " (" + std::to_string(input.exit_code) + ") " +
         gotime::HumanDuration(now_ns - input.finished_ns) + " ago";
}

}  // namespace

std::string StatusText(const StatusInput& input, int64_t now_ns) {
  const std::string up = "Up " + gotime::HumanDuration(now_ns - input.started_ns);
  switch (input.state) {
    case State::kPaused:
      return up + " (Paused)";
    case State::kRestarting:
      return Ago(input, now_ns, "Restarting");
    case State::kRunning:
      if (input.health.empty() || input.health == "none") return up;
      return up + (input.health == "starting" ? " (health: starting)" : " (" + input.health + ")");
    case State::kRemoving:
      return "Removal In Progress";
    case State::kDead:
      return "Dead";
    case State::kCreated:
      return "Created";
    case State::kExited:
      break;
  }
  if (input.started_ns == 0) return "Created";
  if (input.finished_ns == 0) return "";
  return Ago(input, now_ns, "Exited");
}

}  // namespace buoy::container
