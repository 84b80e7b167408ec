#include "daemon/shim/client.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/stream/chunk.h"
#include "daemon/shim/clock.h"
#include "daemon/shim/io_buffer.h"

namespace buoy::shim {

namespace {
constexpr int64_t kLingerTime = 2 * kSecond;
}

void ClientList::Add(std::unique_ptr<Client> client) { clients_.push_back(std::move(client)); }

void ClientList::Remove(Client* client) {
  for (size_t i = 0; i < clients_.size(); i++) {
    if (clients_[i].get() != client) continue;
    // std::function wants something copyable.
    Client* removed = clients_[i].release();
    clients_.erase(clients_.begin() + static_cast<long>(i));
    loop_.Defer([this, removed] {
      delete removed;
      on_change_();
    });
    return;
  }
}

size_t ClientList::waiting() const {
  size_t count = 0;
  for (const auto& client : clients_) count += client->finishing() ? 0 : 1;
  return count;
}

Client::Client(ClientList& list, Fd fd, bool chunked)
    : list_(list), fd_(std::move(fd)), chunked_(chunked) {
  fcntl(fd_.get(), F_SETFL, fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
}

Client::~Client() { list_.loop().Cancel(&linger_timer_); }

void Client::Drop() {
  if (std::exchange(dropped_, true)) return;
  list_.loop().Forget(fd_.get());
  OnGone();
  list_.Remove(this);
}

void Client::UpdateWatch() {
  if (dropped_) return;
  if (lingering_) {
    list_.loop().Watch(fd_.get(), EPOLLIN, this);
    return;
  }
  const bool input = WantsInput() && !finishing_;
  if (peer_gone_ && !input) {
    // A hang-up is reported for ever; until the input can be taken the loop must not see it.
    list_.loop().Forget(fd_.get());
    return;
  }
  uint32_t events = input ? uint32_t{EPOLLIN} : 0;
  if (!HalfCloseAllowed() && !finishing_) events |= EPOLLRDHUP;
  if (!out_.empty()) events |= EPOLLOUT;
  list_.loop().Watch(fd_.get(), events, this);
}

void Client::Send(std::string_view body) {
  if (finishing_ || dropped_) return;
  if (chunked_) {
    stream::AppendChunk(body, out_.buffer());
  } else {
    out_.Append(body);
  }
  Flush();
}

void Client::Flush() {
  if (dropped_) return;
  if (peer_gone_ || !out_.Flush(fd_.get())) {
    peer_gone_ = true;
    AfterHangUp();
  } else if (out_.empty() && finishing_) {
    EndOutput();
  } else {
    UpdateWatch();
  }
}

void Client::AfterHangUp() {
  out_.Clear();
  if (finishing_ || !InputPending()) {
    Drop();
  } else {
    UpdateWatch();
  }
}

void Client::Finish() {
  if (finishing_ || dropped_) return;
  if (chunked_) out_.Append(stream::kLastChunk);
  finishing_ = true;
  Flush();
}

void Client::EndOutput() {
  if (lingering_ || dropped_) return;
  if (peer_gone_ || shutdown(fd_.get(), SHUT_WR) != 0) {
    Drop();
    return;
  }
  // Closing with unread input would reset the connection and might destroy the tail of the output
  // on its way, so the rest of the input is read and thrown away, for a while.
  lingering_ = true;
  linger_timer_ = list_.loop().After(kLingerTime, [this] {
    linger_timer_ = EventLoop::kNoTimer;
    Drop();
  });
  UpdateWatch();
}

void Client::Linger() {
  while (true) {
    const ssize_t n = read(fd_.get(), g_io_buffer, sizeof g_io_buffer);
    if (n > 0 || (n < 0 && errno == EINTR)) continue;
    if (n < 0 && errno == EAGAIN) return;
    Drop();
    return;
  }
}

void Client::OnEvent(uint32_t events) {
  if (lingering_) {
    Linger();
    return;
  }
  if (events & (EPOLLERR | EPOLLHUP)) peer_gone_ = true;
  if ((events & EPOLLRDHUP) && !HalfCloseAllowed()) peer_gone_ = true;
  if (WantsInput() && !finishing_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
    OnInput();
    if (dropped_) return;
  }
  if (peer_gone_) {
    AfterHangUp();
  } else if (events & EPOLLOUT) {
    Flush();
    if (!dropped_ && !finishing_) OnDrained();
  }
}

}  // namespace buoy::shim
