#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "common/unix/fd.h"

namespace buoy::shim {

// Somebody who waits for a descriptor. OnEvent may destroy any handler, its own included (as its
// last act): the loop takes one event at a time from the kernel.
class EventHandler {
 public:
  virtual void OnEvent(uint32_t events) = 0;

 protected:
  ~EventHandler() = default;
};

// The one thread's epoll loop, with timers.
class EventLoop {
 public:
  using TimerId = uint64_t;
  static constexpr TimerId kNoTimer = 0;

  bool Init();
  // Adds the descriptor or changes what is waited for; 0 = only errors and hang-ups.
  void Watch(int fd, uint32_t events, EventHandler* handler);
  void Forget(int fd);
  TimerId After(int64_t nanoseconds, std::function<void()> action);
  // Cancels and resets *id; a timer that has fired or is kNoTimer is fine.
  void Cancel(TimerId* id);
  // Runs the action when the current event is done.
  void Defer(std::function<void()> action);

  void Run();
  void Stop() { stopped_ = true; }

 private:
  struct Timer {
    TimerId id;
    int64_t deadline;
    std::function<void()> action;
  };
  // Milliseconds until the next timer; -1 = none.
  int RunTimers();
  void RunDeferred();

  Fd epoll_;
  std::vector<Timer> timers_;
  std::vector<std::function<void()>> deferred_;
  TimerId next_id_ = 1;
  bool stopped_ = false;
};

}  // namespace buoy::shim
