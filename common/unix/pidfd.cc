#include "common/unix/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "common/unix/file.h"

namespace buoy {

Result<uint64_t> ProcessStartTime(pid_t pid) {
  BUOY_ASSIGN(std::string text, ReadFile("/proc/" + std::to_string(pid) + "/stat"));
  size_t at = text.rfind(')');
  // ") S ppid ...": field 3 follows the parenthesis, field 22 is 20 spaces on.
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  if (at == std::string::npos) return Internal("malformed /proc stat line");
  return static_cast<uint64_t>(std::strtoull(text.c_str() + at, nullptr, 10));
}

Result<Pidfd> Pidfd::Open(pid_t pid, uint64_t start_time) {
  Pidfd result;
  result.pid_ = pid;
  result.fd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!result.fd_) return ErrnoError("pidfd_open " + std::to_string(pid));
  if (start_time != 0) {
    auto actual = ProcessStartTime(pid);
    if (!actual.ok() || *actual != start_time) {
      return ErrnoError("pidfd_open " + std::to_string(pid), ESRCH);
    }
  }
  return result;
}

Status Pidfd::Signal(int signal) const {
  if (::syscall(SYS_pidfd_send_signal, fd_.get(), signal, nullptr, 0) != 0) {
    return ErrnoError("pidfd_send_signal");
  }
  return Ok();
}

bool Pidfd::Alive() const {
  if (!fd_) return false;
  pollfd poll{fd_.get(), POLLIN, 0};
  return ::poll(&poll, 1, 0) == 0;
}

}  // namespace buoy
