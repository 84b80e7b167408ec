#include "daemon/shim_client/connection.h"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "common/unix/socket.h"

namespace buoy::shim {

namespace {
thread_local const void* delivering = nullptr;

Error Gone() { return Error(ErrorKind::kUnavailable, "the container's shim is gone", ECONNRESET); }
}  // namespace

uint64_t ShimClient::Connection::NextSeq() {
  std::lock_guard lock(mutex_);
  return next_seq_++;
}

bool ShimClient::Connection::open() {
  std::lock_guard lock(mutex_);
  return !closed_;
}

Status ShimClient::Connection::Send(const std::string& message, const std::vector<int>& fds,
                                    Timeout timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    Status status = SendMessage(fd_.get(), message, fds);
    if (status.ok()) return Ok();
    const int code = status.error().sys_errno();
    if (code == EPIPE || code == ECONNRESET || code == EBADF || code == ENOTCONN) return Gone();
    if (code != EAGAIN && code != ENOBUFS && code != EINTR) {
      return std::move(status).error().Context("shim request");
    }
    const auto left =
        std::chrono::duration_cast<Timeout>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Unavailable("the container's shim does not answer");
    struct pollfd wait = {fd_.get(), POLLOUT, 0};
    poll(&wait, 1, static_cast<int>(left.count()));
  }
}

Result<std::string> ShimClient::Connection::Request(std::string message, uint64_t seq,
                                                    const std::vector<int>& fds, Timeout timeout) {
  Pending pending;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return Gone();
    pending_[seq] = &pending;
  }
  Status sent = Send(message, fds, timeout);
  std::unique_lock lock(mutex_);
  if (sent.ok()) {
    changed_.wait_for(lock, timeout, [&] { return pending.done || closed_; });
  }
  pending_.erase(seq);
  if (!sent.ok()) return std::move(sent).error();
  if (pending.done) return std::move(pending.body);
  if (closed_) return Gone();
  return Error(ErrorKind::kUnavailable, "the container's shim does not answer", ETIMEDOUT);
}

void ShimClient::Connection::Take(std::string_view data) {
  Header header;
  if (!ParseHeader(data, &header)) return;
  const std::string_view body = data.substr(kHeaderSize);
  std::lock_guard lock(mutex_);
  if (header.type == static_cast<uint16_t>(MessageType::kReply)) {
    const auto found = pending_.find(header.seq);
    if (found == pending_.end()) return;  // its request has timed out
    found->second->done = true;
    found->second->body.assign(body);
    changed_.notify_all();
  } else if (header.type == static_cast<uint16_t>(MessageType::kRecord)) {
    Record record;
    if (!DecodeFields(body, &record)) return;
    last_record_ = record.seq;
    records_.push_back(std::move(record));
  }
}

bool ShimClient::Connection::QuietSince(uint64_t seq) {
  // In this order: what is off the socket already was marked before.
  struct pollfd waiting = {fd_.get(), POLLIN, 0};
  if (poll(&waiting, 1, 0) != 0 || reading_) return false;
  std::lock_guard lock(mutex_);
  return last_record_ <= seq;
}

bool ShimClient::Connection::ReadAvailable() {
  reading_ = true;
  const bool more = ReadAll();
  reading_ = false;
  return more;
}

bool ShimClient::Connection::ReadAll() {
  while (true) {
    Result<ReceivedMessage> message = ReceiveMessage(fd_.get());
    if (!message.ok()) {
      const int code = message.error().sys_errno();
      if (code == EINTR) continue;
      return code == EAGAIN;
    }
    if (message->data.empty()) return false;
    Take(message->data);
  }
}

void ShimClient::Connection::MarkClosed() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool ShimClient::Connection::HasWork() {
  std::lock_guard lock(mutex_);
  return subscribed_ && (!records_.empty() || (closed_ && !end_told_));
}

void ShimClient::Connection::Subscribe(ShimHandlers handlers) {
  std::lock_guard lock(mutex_);
  handlers_ = std::make_shared<ShimHandlers>(std::move(handlers));
  subscribed_ = true;
}

void ShimClient::Connection::Silence() {
  {
    std::lock_guard lock(mutex_);
    subscribed_ = false;
    handlers_.reset();
  }
  if (delivering == this) return;
  std::lock_guard wait(delivery_);
}

void ShimClient::Connection::Deliver() {
  std::lock_guard running(delivery_);
  delivering = this;
  while (true) {
    std::shared_ptr<ShimHandlers> handlers;
    Record record;
    bool ended = false;
    {
      std::lock_guard lock(mutex_);
      if (!subscribed_) break;
      if (!records_.empty()) {
        record = std::move(records_.front());
        records_.pop_front();
      } else if (closed_ && !end_told_) {
        end_told_ = ended = true;
      } else {
        break;
      }
      handlers = handlers_;
    }
    if (ended && handlers->on_disconnect) handlers->on_disconnect();
    if (!ended && handlers->on_record) handlers->on_record(record);
  }
  delivering = nullptr;
}

}  // namespace buoy::shim
