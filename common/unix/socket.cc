#include "common/unix/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace buoy {
namespace {

constexpr size_t kMaxFds = 250;

struct Address {
  sockaddr_un address{};
  Fd folder;  // keeps /proc/self/fd/N valid while the address is in use
};

Result<Address> MakeAddress(const std::string& path) {
  Address result;
  result.address.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() >= sizeof result.address.sun_path) {
    auto slash = path.rfind('/');
    if (slash == std::string::npos) return ErrnoError(path, ENAMETOOLONG);
    result.folder.reset(::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!result.folder) return ErrnoError("open " + path.substr(0, slash));
    name = "/proc/self/fd/" + std::to_string(result.folder.get()) + path.substr(slash);
    if (name.size() >= sizeof result.address.sun_path) return ErrnoError(path, ENAMETOOLONG);
  }
  std::memcpy(result.address.sun_path, name.c_str(), name.size() + 1);
  return result;
}

}  // namespace

Result<Fd> ListenUnix(const std::string& path, int type, unsigned mode) {
  BUOY_ASSIGN(Address address, MakeAddress(path));
  Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return ErrnoError("socket");
  ::unlink(path.c_str());
  // The mode of a socket file comes from the socket's own inode mode before bind.
  ::fchmod(fd.get(), mode);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address.address), sizeof address.address) !=
      0) {
    return ErrnoError("listen unix " + path + ": bind");
  }
  if (::chmod(path.c_str(), mode) != 0) return ErrnoError("chmod " + path);
  if (::listen(fd.get(), SOMAXCONN) != 0) return ErrnoError("listen unix " + path);
  return fd;
}

Result<Fd> ConnectUnix(const std::string& path, int type) {
  BUOY_ASSIGN(Address address, MakeAddress(path));
  Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!fd) return ErrnoError("socket");
  int rc;
  do {
    rc = ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address.address), sizeof address.address);
  } while (rc != 0 && errno == EINTR);
  if (rc != 0) return ErrnoError("dial unix " + path + ": connect");
  return fd;
}

Result<FdPair> SocketPair(int type) {
  int fds[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) != 0) return ErrnoError("socketpair");
  return FdPair{Fd(fds[0]), Fd(fds[1])};
}

Result<FdPair> Pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return ErrnoError("pipe");
  return FdPair{Fd(fds[0]), Fd(fds[1])};
}

Status SendMessage(int socket, std::string_view data, const std::vector<int>& fds) {
  if (fds.size() > kMaxFds) return ErrnoError("sendmsg", E2BIG);
  iovec part{const_cast<char*>(data.data()), data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxFds)];
  if (!fds.empty()) {
    size_t bytes = sizeof(int) * fds.size();
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(bytes);
    std::memset(control, 0, message.msg_controllen);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), fds.data(), bytes);
  }
  ssize_t n;
  do {
    n = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return ErrnoError("sendmsg");
  return Ok();
}

Result<ReceivedMessage> ReceiveMessage(int socket, size_t limit) {
  ReceivedMessage result;
  ssize_t size;
  do {
    size = ::recv(socket, nullptr, 0, MSG_PEEK | MSG_TRUNC);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return ErrnoError("recvmsg");
  if (static_cast<size_t>(size) > limit) return ErrnoError("recvmsg", EMSGSIZE);
  result.data.resize(static_cast<size_t>(size));
  iovec part{result.data.data(), result.data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxFds)];
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t n;
  do {
    n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return ErrnoError("recvmsg");
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      result.fds.emplace_back(fd);
    }
  }
  result.data.resize(static_cast<size_t>(n));
  return result;
}

}  // namespace buoy
