#pragma once

#include <sys/socket.h>

#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

struct TcpAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// "10.0.0.1:5000", "[::1]:5000"; "?" for what is no IP address.
std::string TcpText(const sockaddr* address, socklen_t size);

// Where "HOST:PORT" listens; "" = on all addresses. "localhost" means 127.0.0.1. Errors are Go's,
// of kUnavailable: "listen tcp: lookup ghost: ...".
Result<TcpAddress> ResolveListener(const std::string& host_port);

// A listening, non-blocking socket; [::] serves IPv4 too. Errors are Go's, with the errno:
// "listen tcp 127.0.0.1:80: bind: address already in use".
Result<Fd> ListenTcp(const TcpAddress& address, int backlog);

}  // namespace buoy
