#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/result/result.h"
#include "common/shim_protocol/types.h"
#include "common/unix/fd.h"
#include "daemon/shim_client/shim_client.h"

namespace buoy::shim {

// The state that a ShimClient and the hub's threads share. Lock order: the hub's lock is never
// taken with mutex_ held, and no handler runs under either.
class ShimClient::Connection {
 public:
  explicit Connection(Fd fd) : fd_(std::move(fd)) {}

  // Sends a whole message and waits for its reply's body.
  Result<std::string> Request(std::string message, uint64_t seq, const std::vector<int>& fds,
                              Timeout timeout);
  Status Send(const std::string& message, const std::vector<int>& fds, Timeout timeout);
  uint64_t NextSeq();

  // For the reader thread: takes what is there. False when the connection has ended.
  bool ReadAvailable();
  void MarkClosed();
  // For the handler thread: delivers what is queued.
  void Deliver();
  // True when Deliver would do something.
  bool HasWork();

  void Subscribe(ShimHandlers handlers);
  // No handler starts after this returns, unless it is called by a handler itself.
  void Silence();
  bool open();
  // True when every record that the shim has sent so far has a number up to `seq`.
  bool QuietSince(uint64_t seq);
  int fd() const { return fd_.get(); }

  State initial_state;
  uint64_t hub_id = 0;

 private:
  struct Pending {
    bool done = false;
    std::string body;
  };
  void Take(std::string_view data);
  bool ReadAll();

  const Fd fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  uint64_t next_seq_ = 1;
  std::unordered_map<uint64_t, Pending*> pending_;
  std::deque<Record> records_;
  uint64_t last_record_ = 0;
  // From before a message is taken off the socket until it is in here.
  std::atomic<bool> reading_ = false;
  bool subscribed_ = false;
  bool end_told_ = false;
  std::shared_ptr<ShimHandlers> handlers_;
  std::mutex delivery_;  // held while a handler runs
};

}  // namespace buoy::shim
