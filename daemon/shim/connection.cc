#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/shim/server.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
constexpr size_t kMaxFds = 250;
// A daemon that does not read (stopped in a debugger) is cut off; it will come back and gets the
// records from the journal.
constexpr size_t kMaxQueue = 4096;
}  // namespace

void Connection::Send(std::string message) {
  queue_.push_back(std::move(message));
  FlushQueue();
}

bool Connection::FlushQueue() {
  size_t sent = 0;
  while (sent < queue_.size()) {
    const std::string& message = queue_[sent];
    const ssize_t n = send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) LogLine(ErrnoText("send", errno));
    if (n < 0 && errno != EMSGSIZE) break;
    sent++;
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<long>(sent));
  if (queue_.size() > kMaxQueue) shutdown(fd_.get(), SHUT_RDWR);
  loop_.Watch(fd_.get(), queue_.empty() ? uint32_t{EPOLLIN} : EPOLLIN | EPOLLOUT, this);
  return true;
}

bool Connection::ReceiveOne() {
  static char control[CMSG_SPACE(sizeof(int) * kMaxFds)];
  // The size first: messages are mostly tiny and rarely big.
  const ssize_t size = recv(fd_.get(), nullptr, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  std::string data(static_cast<size_t>(size), '\0');
  struct iovec part = {data.data(), data.size()};
  struct msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = recvmsg(fd_.get(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR);
  std::vector<Fd> fds;
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
  server_.OnMessage(*this, data, std::move(fds));
  return true;
}

void Connection::OnEvent(uint32_t events) {
  if (events & EPOLLOUT) FlushQueue();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !ReceiveOne()) server_.OnDisconnect(*this);
}

}  // namespace buoy::shim
