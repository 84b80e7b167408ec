#include "daemon/server/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace buoy::server {

Result<Signals> Signals::Create() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&set, number);
  if (const int error = pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0) {
    return ErrnoError("block signals", error);
  }
  Fd fd(signalfd(-1, &set, SFD_CLOEXEC));
  if (!fd) return ErrnoError("signalfd");
  return Signals(std::move(fd));
}

int Signals::Wait() {
  signalfd_siginfo info{};
  while (read(fd_.get(), &info, sizeof info) != sizeof info) {
    if (errno != EINTR) return SIGTERM;  // cannot happen; better an orderly end than a loop
  }
  return static_cast<int>(info.ssi_signo);
}

bool Signals::Arrives(std::chrono::milliseconds limit) const {
  pollfd poller{fd_.get(), POLLIN, 0};
  return poll(&poller, 1, static_cast<int>(limit.count())) > 0;
}

const char* SignalText(int signal) {
  switch (signal) {
    case SIGTERM:
      return "terminated";
    case SIGINT:
      return "interrupt";
    case SIGQUIT:
      return "quit";
    case SIGHUP:
      return "hangup";
    default:
      return "signal";
  }
}

}  // namespace buoy::server
