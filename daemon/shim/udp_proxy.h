#pragma once

#include <netinet/in.h>

#include <memory>
#include <vector>

#include "daemon/shim/port_proxy.h"

namespace buoy::shim {

// Relays datagrams: one connected socket per client, forgotten after 90 s without traffic.
class UdpListener final : public PortListener {
 public:
  UdpListener(EventLoop& loop, Fd fd, const struct sockaddr_storage& target, socklen_t length)
      : loop_(loop), fd_(std::move(fd)), target_(target), target_length_(length) {}
  ~UdpListener() override;
  void Listen() override;
  void OnEvent(uint32_t events) override;

 private:
  struct Session final : public EventHandler {
    Session(UdpListener& owner) : owner(owner) {}
    void OnEvent(uint32_t) override { owner.OnAnswer(*this); }

    UdpListener& owner;
    Fd fd;
    struct sockaddr_storage client = {};
    socklen_t client_length = 0;
    int64_t last_used = 0;
  };
  Session* FindOrOpen(const struct sockaddr_storage& client, socklen_t length);
  void OnAnswer(Session& session);
  void Sweep();

  EventLoop& loop_;
  Fd fd_;
  struct sockaddr_storage target_;
  socklen_t target_length_;
  std::vector<std::unique_ptr<Session>> sessions_;
  EventLoop::TimerId sweep_timer_ = EventLoop::kNoTimer;
};

}  // namespace buoy::shim
