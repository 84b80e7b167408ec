#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy {

// A listening unix socket at `path` (mode as given, an old socket file is replaced).
// `type` is SOCK_STREAM or SOCK_SEQPACKET; close-on-exec and non-blocking.
// Paths longer than sun_path are reached through /proc/self/fd of their folder.
Result<Fd> ListenUnix(const std::string& path, int type, unsigned mode = 0600);

// A connected unix socket (blocking, close-on-exec).
Result<Fd> ConnectUnix(const std::string& path, int type);

struct FdPair {
  Fd first, second;
};
Result<FdPair> SocketPair(int type);
Result<FdPair> Pipe();  // first = read end, second = write end

// One SEQPACKET/DGRAM message with up to 250 descriptors attached (SCM_RIGHTS). The descriptors
// stay the caller's. EAGAIN on a non-blocking socket is an error with that errno.
Status SendMessage(int socket, std::string_view data, const std::vector<int>& fds = {});

struct ReceivedMessage {
  std::string data;  // empty = the peer closed
  std::vector<Fd> fds;
};
// One message of at most `limit` bytes; longer ones are an error (EMSGSIZE), never truncated.
Result<ReceivedMessage> ReceiveMessage(int socket, size_t limit = 1u << 20);

}  // namespace buoy
