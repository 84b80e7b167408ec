#pragma once

#include <csignal>
#include <functional>

namespace buoy::cli {

// Catches signals in a thread of its own for the rest of the process. Make it before other threads
// are started: they inherit the signal mask.
class SignalThread {
 public:
  // Everything that Docker forwards to a container.
  static sigset_t Forwardable();
  static sigset_t Only(int signal);

  // `on_signal` runs in the thread, with the signal's number. Every caller that asks for a signal
  // gets it.
  static void Start(const sigset_t& set, std::function<void(int)> on_signal);
};

// "INT", "RTMIN+3"; "" for a signal without a name.
const char* SignalName(int signal);

// Puts the terminal back when a signal ends the process.
void RestoreTerminalOnFatalSignals();

}  // namespace buoy::cli
