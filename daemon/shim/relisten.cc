#include "daemon/shim/relisten.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <utility>

#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

sigset_t OnlySigusr1() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  return mask;
}

}  // namespace

void RelistenSignal::Block() {
  const sigset_t mask = OnlySigusr1();
  sigprocmask(SIG_BLOCK, &mask, nullptr);
}

bool RelistenSignal::Watch(EventLoop& loop) {
  const sigset_t mask = OnlySigusr1();
  fd_.reset(signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) return false;
  loop.Watch(fd_.get(), EPOLLIN, this);
  return true;
}

void RelistenSignal::OnEvent(uint32_t) {
  struct signalfd_siginfo info;
  while (read(fd_.get(), &info, sizeof info) > 0) {
  }
  on_signal_();
}

Fd ListenAt(const std::string& path) {
  constexpr mode_t kMode = 0600;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return Fd();
  // Through the folder's descriptor: a socket's path is short.
  const Fd folder(open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return Fd();
  const std::string name = "/proc/self/fd/" + Number(folder.get()) + path.substr(slash);
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path) return Fd();
  memcpy(address.sun_path, name.c_str(), name.size() + 1);
  Fd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return Fd();
  unlink(path.c_str());
  fchmod(fd.get(), kMode);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return Fd();
  if (chmod(path.c_str(), kMode) != 0 || listen(fd.get(), SOMAXCONN) != 0) return Fd();
  return fd;
}

}  // namespace buoy::shim
