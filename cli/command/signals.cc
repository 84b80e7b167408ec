#include "cli/command/signals.h"

#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/command/terminal.h"

namespace buoy::cli {
namespace {

constexpr int kFatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

struct Subscriber {
  sigset_t set;
  std::function<void(int)> on_signal;
};

std::mutex g_mutex;
std::deque<Subscriber> g_subscribers;  // only grows: what it holds stays where it is

// One thread gets a signal that several wait for, whoever asked for it.
void Deliver(int signal) {
  std::vector<const Subscriber*> interested;
  {
    std::lock_guard lock(g_mutex);
    for (const Subscriber& subscriber : g_subscribers) {
      if (sigismember(&subscriber.set, signal) == 1) interested.push_back(&subscriber);
    }
  }
  for (const Subscriber* subscriber : interested) subscriber->on_signal(signal);
}

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
  {
    std::lock_guard lock(g_mutex);
    g_subscribers.push_back({set, std::move(on_signal)});
  }
  std::thread([set] {
    int signal = 0;
    while (sigwait(&set, &signal) == 0) Deliver(signal);
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
