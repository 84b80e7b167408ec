#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/unix/fd.h"

namespace buoy::api {

// Who is at work in an engine, and whether anybody may begin: closed while what is behind the
// engine is being exchanged. Events are known by the ids of the engine's epoll. Thread-safe; its
// lock is a leaf.
class Gate {
 public:
  using Clock = std::chrono::steady_clock;
  Gate();

  // A worker begins to deal with event `id`. False: the gate is closed and keeps the event.
  bool Enter(uint64_t id);
  void Leave();
  // Keeps an event that came to light by other means. False: the gate is open.
  bool Keep(uint64_t id);
  bool closed() const;

  // A request ("GET /info") of connection `id`, between Enter() and Leave().
  void Begin(uint64_t id, std::string what);
  void End(uint64_t id);
  // It needs nothing any more of what is behind the engine: nobody has to wait for its end.
  void SetAlone(uint64_t id);
  // It ends soon after the returned descriptor has become readable, which Close() makes it.
  int Interruptible(uint64_t id);

  // From now on nobody enters; true when all who are in have left or are alone. After a time-out
  // the gate is still closed.
  bool Close(std::chrono::milliseconds limit);
  // Lets in again; the events that were kept.
  std::vector<uint64_t> Open();

  // What has been running for longer than `age`, interruptible and lonely requests apart.
  std::vector<std::string> OlderThan(std::chrono::milliseconds age) const;
  // The connections of interruptible requests.
  std::vector<uint64_t> interruptible() const;

 private:
  struct Request {
    std::string what;
    Clock::time_point since;
    bool alone = false;
    bool interruptible = false;
  };

  mutable std::mutex mutex_;
  std::condition_variable left_;
  Fd interrupt_;  // eventfd
  bool closed_ = false;
  int working_ = 0;
  int alone_ = 0;
  std::map<uint64_t, Request> requests_;
  std::vector<uint64_t> kept_;
};

}  // namespace buoy::api
