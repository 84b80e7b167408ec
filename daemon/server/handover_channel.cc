#include "daemon/server/handover_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "common/unix/socket.h"

namespace buoy::server {
namespace {

// A request head and its read-ahead are at most about a megabyte each.
constexpr int kMaxMessage = 4 << 20;
constexpr size_t kTypeSize = 2;

Error Gone() { return Error(ErrorKind::kUnavailable, "the other daemon has gone", ECONNRESET); }

}  // namespace

HandoverChannel::HandoverChannel(Fd fd) : fd_(std::move(fd)) {
  setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &kMaxMessage, sizeof kMaxMessage);
}

Status HandoverChannel::SendRaw(uint16_t type, const std::string& body,
                                const std::vector<int>& fds) {
  std::string data;
  data.push_back(static_cast<char>(type & 0xff));
  data.push_back(static_cast<char>(type >> 8));
  data += body;
  std::lock_guard lock(send_mutex_);
  return SendMessage(fd_.get(), data, fds);
}

Result<HandoverChannel::Message> HandoverChannel::Receive(Clock::time_point deadline) {
  for (;;) {
    int timeout = -1;
    if (deadline != Clock::time_point::max()) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      timeout = static_cast<int>(std::max<int64_t>(0, left.count()));
    }
    pollfd poller{fd_.get(), POLLIN, 0};
    const int ready = poll(&poller, 1, timeout);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return ErrnoError("poll");
    if (ready == 0) {
      return Error(ErrorKind::kUnavailable, "no answer from the other daemon in time", ETIMEDOUT);
    }
    Result<ReceivedMessage> received = ReceiveMessage(fd_.get(), kMaxMessage);
    if (!received.ok() && received.error().sys_errno() == EINTR) continue;
    if (!received.ok() && received.error().sys_errno() == ECONNRESET) return Gone();
    if (!received.ok()) return std::move(received).error();
    if (received->data.size() < kTypeSize) return Gone();
    Message message;
    message.type = static_cast<uint16_t>(static_cast<uint8_t>(received->data[0]) |
                                         static_cast<uint8_t>(received->data[1]) << 8);
    message.body = received->data.substr(kTypeSize);
    message.fds = std::move(received->fds);
    return message;
  }
}

Status HandoverChannel::Check(const Message& message, uint16_t type) {
  if (message.type == type) return Ok();
  if (message.type != HandoverFailed::kType) {
    return Internal("unexpected handover message " + std::to_string(message.type));
  }
  HandoverFailed failed;
  shim::DecodeFields(message.body, &failed);
  return Unavailable(failed.error);
}

void HandoverChannel::Shutdown() { shutdown(fd_.get(), SHUT_RDWR); }

}  // namespace buoy::server
