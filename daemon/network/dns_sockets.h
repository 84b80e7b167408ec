#pragma once

#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::network {

// Sockets for the DNS server of a container's network namespace: a UDP one and a listening TCP one
// on 127.0.0.11, at ports of the kernel's choice. What is sent to port 53 there comes to them by
// NAT inside the namespace, as with Docker, so a program of the container may have port 53 itself.
Result<std::vector<Fd>> OpenDnsSockets(int netns_fd);

}  // namespace buoy::network
