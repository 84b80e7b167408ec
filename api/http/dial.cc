#include "api/http/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "api/http/connection.h"
#include "common/unix/tcp.h"

namespace buoy::api {

namespace {

constexpr int kSliceMs = 250;

Error Failed(const std::string& where, const std::string& why, int code) {
  return Error(ErrorKind::kUnavailable, "dial tcp " + where + ": " + why, code);
}

// strerror's words in lower case, as Go has them.
std::string Reason(int code) {
  std::string text = std::strerror(code);
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(text[0]));
  return "connect: " + text;
}

Result<bool> WaitConnected(int fd, int timeout_ms, const std::function<bool()>& give_up) {
  for (int left = timeout_ms; left > 0; left -= kSliceMs) {
    if (give_up && give_up()) return Cancelled("context canceled");
    BUOY_ASSIGN(bool ready, WaitFor(fd, POLLOUT, give_up ? std::min(left, kSliceMs) : left));
    if (ready) return true;
    if (!give_up) break;
  }
  return false;
}

Result<Fd> DialAddress(const addrinfo& address, int timeout_ms,
                       const std::function<bool()>& give_up) {
  const std::string where = TcpText(address.ai_addr, address.ai_addrlen);
  Fd fd(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Failed(where, Reason(errno), errno);
  if (connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0 && errno != EINPROGRESS) {
    return Failed(where, Reason(errno), errno);
  }
  BUOY_ASSIGN(bool ready, WaitConnected(fd.get(), timeout_ms, give_up));
  if (!ready) return Failed(where, "i/o timeout", ETIMEDOUT);
  int fault = 0;
  socklen_t size = sizeof fault;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &fault, &size);
  if (fault != 0) return Failed(where, Reason(fault), fault);
  int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return fd;
}

}  // namespace

Result<Fd> DialTcp(const std::string& host, const std::string& port, int timeout_ms,
                   const std::function<bool()>& give_up) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  if (code != 0) {
    std::string why =
        code == EAI_NONAME || code == EAI_NODATA ? "no such host" : std::string(gai_strerror(code));
    return Error(ErrorKind::kUnavailable, "dial tcp: lookup " + host + ": " + why, EHOSTUNREACH);
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  Result<Fd> last = Error(ErrorKind::kUnavailable, "dial tcp: no address", EHOSTUNREACH);
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    last = DialAddress(*address, timeout_ms, give_up);
    if (last.ok() || last.error().kind() == ErrorKind::kCancelled) break;
  }
  return last;
}

}  // namespace buoy::api
