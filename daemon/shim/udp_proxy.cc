#include "daemon/shim/udp_proxy.h"

#include <sys/socket.h>

#include <cstring>
#include <utility>

#include "daemon/shim/clock.h"
#include "daemon/shim/io_buffer.h"

namespace buoy::shim {

namespace {
constexpr int64_t kIdleLimit = 90 * kSecond;
constexpr int64_t kSweepInterval = 30 * kSecond;
// More clients at a time are answered too, but the idlest makes room.
constexpr size_t kMaxSessions = 512;
}  // namespace

UdpListener::~UdpListener() {
  loop_.Cancel(&sweep_timer_);
  loop_.Forget(fd_.get());
  for (const auto& session : sessions_) loop_.Forget(session->fd.get());
}

void UdpListener::Listen() { loop_.Watch(fd_.get(), EPOLLIN, this); }

UdpListener::Session* UdpListener::FindOrOpen(const struct sockaddr_storage& client,
                                              socklen_t length) {
  for (const auto& session : sessions_) {
    if (session->client_length == length && memcmp(&session->client, &client, length) == 0) {
      return session.get();
    }
  }
  auto session = std::make_unique<Session>(*this);
  session->fd.reset(socket(target_.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!session->fd || connect(session->fd.get(), reinterpret_cast<struct sockaddr*>(&target_),
                              target_length_) != 0) {
    return nullptr;
  }
  session->client = client;
  session->client_length = length;
  loop_.Watch(session->fd.get(), EPOLLIN, session.get());
  if (sessions_.size() >= kMaxSessions) {
    loop_.Forget(sessions_.front()->fd.get());
    sessions_.erase(sessions_.begin());
  }
  sessions_.push_back(std::move(session));
  if (sweep_timer_ == EventLoop::kNoTimer) {
    sweep_timer_ = loop_.After(kSweepInterval, [this] { Sweep(); });
  }
  return sessions_.back().get();
}

void UdpListener::OnEvent(uint32_t) {
  struct sockaddr_storage client = {};
  socklen_t length = sizeof client;
  const ssize_t n = recvfrom(fd_.get(), g_io_buffer, sizeof g_io_buffer, MSG_DONTWAIT,
                             reinterpret_cast<struct sockaddr*>(&client), &length);
  if (n < 0) return;
  Session* session = FindOrOpen(client, length);
  if (session == nullptr) return;
  session->last_used = MonotonicNow();
  // A datagram that cannot be sent is lost, as datagrams are.
  if (send(session->fd.get(), g_io_buffer, static_cast<size_t>(n), MSG_DONTWAIT) < 0) return;
}

void UdpListener::OnAnswer(Session& session) {
  const ssize_t n = recv(session.fd.get(), g_io_buffer, sizeof g_io_buffer, MSG_DONTWAIT);
  if (n < 0) return;
  session.last_used = MonotonicNow();
  if (sendto(fd_.get(), g_io_buffer, static_cast<size_t>(n), MSG_DONTWAIT,
             reinterpret_cast<struct sockaddr*>(&session.client), session.client_length) < 0) {
    return;
  }
}

void UdpListener::Sweep() {
  sweep_timer_ = EventLoop::kNoTimer;
  const int64_t limit = MonotonicNow() - kIdleLimit;
  for (size_t i = 0; i < sessions_.size();) {
    if (sessions_[i]->last_used > limit) {
      i++;
      continue;
    }
    loop_.Forget(sessions_[i]->fd.get());
    sessions_.erase(sessions_.begin() + static_cast<long>(i));
  }
  if (!sessions_.empty()) sweep_timer_ = loop_.After(kSweepInterval, [this] { Sweep(); });
}

}  // namespace buoy::shim
