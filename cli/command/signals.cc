#include "cli/command/signals.h"

#include <cstring>
#include <thread>

#include "cli/command/terminal.h"

namespace buoy::cli {
namespace {

constexpr int kFatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void OnFatal(int signal) {
  RestoreTerminalFromSignal();
  ::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

sigset_t SignalThread::Forwardable() {
  sigset_t set;
  sigfillset(&set);
  // The runtime's own, faults, and what cannot be caught.
  for (int signal : {SIGCHLD, SIGPIPE, SIGURG, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
                     SIGABRT, SIGTRAP, SIGSYS}) {
    sigdelset(&set, signal);
  }
  return set;
}

sigset_t SignalThread::Only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

void SignalThread::Start(const sigset_t& set, std::function<void(int)> on_signal) {
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, on_signal = std::move(on_signal)] {
    int signal = 0;
    while (sigwait(&set, &signal) == 0) on_signal(signal);
  }).detach();
}

const char* SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name == nullptr ? "" : name;
}

void RestoreTerminalOnFatalSignals() {
  struct sigaction action {};
  action.sa_handler = OnFatal;
  for (int signal : kFatal) sigaction(signal, &action, nullptr);
}

}  // namespace buoy::cli
