#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/shim_protocol/types.h"
#include "common/unix/fd.h"
#include "daemon/shim/event_loop.h"

namespace buoy::shim {

// A published port's socket and the traffic that comes in on it.
class PortListener : public EventHandler {
 public:
  virtual ~PortListener() = default;
  virtual void Listen() = 0;
};

// Holds the host's sockets of published ports for as long as the container is up, and relays what
// NAT does not catch (::1, --iptables=false) to the container.
class PortProxy {
 public:
  explicit PortProxy(EventLoop& loop) : loop_(loop) {}
  // Takes the sockets over. An error text, or "".
  std::string Open(const std::vector<PortForward>& forwards, std::vector<Fd> fds);
  // Begins to accept; again after a restart is fine.
  void Listen();
  void Close() { listeners_.clear(); }

 private:
  EventLoop& loop_;
  std::vector<std::unique_ptr<PortListener>> listeners_;
};

}  // namespace buoy::shim
