#include "daemon/shim/tcp_proxy.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim/io_buffer.h"

namespace buoy::shim {

namespace {
constexpr size_t kHighWater = 128 * 1024;
}

TcpRelay::TcpRelay(EventLoop& loop, TcpListener& owner, Fd client)
    : loop_(loop), owner_(owner), client_(*this, std::move(client)), server_(*this, Fd()) {}

TcpRelay::~TcpRelay() {
  loop_.Forget(client_.fd.get());
  loop_.Forget(server_.fd.get());
}

bool TcpRelay::Connect(const struct sockaddr* address, socklen_t length) {
  server_.fd.reset(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!server_.fd) return false;
  if (connect(server_.fd.get(), address, length) != 0 && errno != EINPROGRESS) return false;
  loop_.Watch(server_.fd.get(), EPOLLOUT, &server_);
  return true;
}

void TcpRelay::End() {
  loop_.Forget(client_.fd.get());
  loop_.Forget(server_.fd.get());
  owner_.Remove(this);
}

void TcpRelay::OnSideEvent(Side& side, uint32_t events) {
  if (connecting_) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(server_.fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
      End();
      return;
    }
    connecting_ = false;
  }
  Side& other = &side == &client_ ? server_ : client_;
  if (events & EPOLLERR) {
    End();
    return;
  }
  if ((events & (EPOLLIN | EPOLLHUP)) && !side.input_ended && !Transfer(side, other)) return;
  if (!FlushTo(side, other)) return;
  if (client_.output_ended && server_.output_ended) {
    End();
    return;
  }
  UpdateWatch(client_, server_);
  UpdateWatch(server_, client_);
}

// False when the relay has ended.
bool TcpRelay::Transfer(Side& from, Side& to) {
  const ssize_t n = read(from.fd.get(), g_io_buffer, sizeof g_io_buffer);
  if (n > 0) {
    to.out.Append(std::string_view(g_io_buffer, static_cast<size_t>(n)));
  } else if (n == 0) {
    from.input_ended = true;
  } else if (errno != EAGAIN && errno != EINTR) {
    End();
    return false;
  }
  return FlushTo(to, from);
}

// Sends what is queued for `side`, and the end of `source` after it.
bool TcpRelay::FlushTo(Side& side, const Side& source) {
  if (!side.out.Flush(side.fd.get())) {
    End();
    return false;
  }
  if (side.out.empty() && source.input_ended && !side.output_ended) {
    side.output_ended = true;
    shutdown(side.fd.get(), SHUT_WR);
  }
  return true;
}

void TcpRelay::UpdateWatch(Side& side, const Side& other) {
  uint32_t events = 0;
  if (!side.input_ended && other.out.size() < kHighWater) events |= EPOLLIN;
  if (!side.out.empty()) events |= EPOLLOUT;
  if (events == 0) {
    loop_.Forget(side.fd.get());  // a hang-up would be reported for ever
  } else {
    loop_.Watch(side.fd.get(), events, &side);
  }
}

TcpListener::~TcpListener() { loop_.Forget(fd_.get()); }

void TcpListener::Listen() {
  if (listen(fd_.get(), SOMAXCONN) == 0) loop_.Watch(fd_.get(), EPOLLIN, this);
}

void TcpListener::OnEvent(uint32_t) {
  Fd client(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client) return;
  auto relay = std::make_unique<TcpRelay>(loop_, *this, std::move(client));
  if (relay->Connect(reinterpret_cast<const struct sockaddr*>(&target_), target_length_)) {
    relays_.push_back(std::move(relay));
  }
}

void TcpListener::Remove(TcpRelay* relay) {
  for (size_t i = 0; i < relays_.size(); i++) {
    if (relays_[i].get() != relay) continue;
    TcpRelay* removed = relays_[i].release();
    relays_.erase(relays_.begin() + static_cast<long>(i));
    loop_.Defer([removed] { delete removed; });
    return;
  }
}

}  // namespace buoy::shim
