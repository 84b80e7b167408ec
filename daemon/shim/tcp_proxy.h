#pragma once

#include <netinet/in.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/shim/out_queue.h"
#include "daemon/shim/port_proxy.h"

namespace buoy::shim {

class TcpListener;

// One relayed connection.
class TcpRelay final {
 public:
  TcpRelay(EventLoop& loop, TcpListener& owner, Fd client);
  ~TcpRelay();
  // Begins to connect. False when that fails at once.
  bool Connect(const struct sockaddr* address, socklen_t length);

 private:
  // One of the two sockets, with the bytes on their way to it.
  class Side final : public EventHandler {
   public:
    Side(TcpRelay& relay, Fd socket) : relay(relay), fd(std::move(socket)) {}
    void OnEvent(uint32_t events) override { relay.OnSideEvent(*this, events); }

    TcpRelay& relay;
    Fd fd;
    OutQueue out;
    bool input_ended = false;   // the other end has sent its last byte
    bool output_ended = false;  // we have sent ours
  };
  void OnSideEvent(Side& side, uint32_t events);
  bool Transfer(Side& from, Side& to);
  bool FlushTo(Side& side, const Side& source);
  void UpdateWatch(Side& side, const Side& other);
  void End();

  EventLoop& loop_;
  TcpListener& owner_;
  Side client_;
  Side server_;
  bool connecting_ = true;
};

class TcpListener final : public PortListener {
 public:
  TcpListener(EventLoop& loop, Fd fd, const struct sockaddr_storage& target, socklen_t length)
      : loop_(loop), fd_(std::move(fd)), target_(target), target_length_(length) {}
  ~TcpListener() override;
  void Listen() override;
  void OnEvent(uint32_t events) override;
  // Destroys the relay when the current event is done.
  void Remove(TcpRelay* relay);

 private:
  EventLoop& loop_;
  Fd fd_;
  struct sockaddr_storage target_;
  socklen_t target_length_;
  std::vector<std::unique_ptr<TcpRelay>> relays_;
};

}  // namespace buoy::shim
