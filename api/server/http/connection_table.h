#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/http/connection.h"

namespace buoy::api {

// All connections of an engine. One is either idle (waiting in epoll; anybody may close it) or busy
// (owned by the worker that took it). Thread-safe.
class ConnectionTable {
 public:
  // Ids below are free for other events of the same epoll descriptor.
  static constexpr uint64_t kFirstId = 1000;
  using Clock = std::chrono::steady_clock;
  struct Entry {
    uint64_t id = 0;
    std::unique_ptr<Connection> connection;
    bool busy = false;
    size_t scanned = 0;  // of an incomplete request head
    // By when the head (or TLS handshake) that has begun must be there; max() = none has.
    Clock::time_point head_due = Clock::time_point::max();
    Clock::time_point since;
    Clock::time_point deadline = Clock::time_point::max();  // of an idle one
    // A stream that was interrupted: its request is to be run again, which goes on with the answer.
    struct Continuation {
      std::string head;
      std::string cursor;
    };
    std::optional<Continuation> continuation;
  };

  // The entry starts busy, the caller's.
  Entry* Add(std::unique_ptr<Connection> connection);
  // nullptr: it is busy or gone.
  Entry* TakeIdle(uint64_t id);
  // Runs `arm` with the table locked; when the table is closing the entry is dropped instead.
  void MakeIdle(Entry* entry, Clock::time_point deadline, const std::function<void()>& arm);
  // Runs `action` with the table locked when the entry is idle.
  void WithIdle(uint64_t id, const std::function<void(Entry&)>& action);
  std::vector<uint64_t> Idle() const;
  // Makes what the worker of this connection reads or writes next fail.
  void Abort(uint64_t id);
  // The connection of a busy entry, which stays to be removed.
  std::unique_ptr<Connection> Extract(Entry* entry);
  void Remove(Entry* entry);

  // Drops idle connections past their deadline.
  void DropExpired();
  // Drops the connection that has been idle for longest (to free a descriptor); false: none.
  bool DropOldestIdle();
  // From now on connections that become idle are dropped, as are those that are now.
  void Close();
  // Makes what busy workers read or write next fail.
  void AbortBusy();
  size_t size() const;
  // Waits until no connection is left.
  bool WaitEmpty(std::chrono::milliseconds limit);

 private:
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::unordered_map<uint64_t, std::unique_ptr<Entry>> entries_;
  uint64_t next_id_ = kFirstId;
  bool closing_ = false;
};

}  // namespace buoy::api
