#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

namespace buoy::api {

// Threads that wait for events at one common place (an epoll descriptor) and run them. When all of
// them are busy and none finishes within moments, more are started: a handler may block for hours
// (events, wait) without starving others. Surplus threads end after a quiet time.
class WorkerPool {
 public:
  struct Hooks {
    // Waits for one event; nullopt after the timeout. Called by many threads at once; must return
    // soon after Stop() was called.
    std::function<std::optional<uint64_t>(int timeout_ms)> wait;
    std::function<void(uint64_t)> run;
    // About once a second, on the pool's own thread.
    std::function<void()> tick;
  };

  WorkerPool(Hooks hooks, int base_threads, int max_threads)
      : hooks_(std::move(hooks)), base_(base_threads), max_(max_threads) {}
  ~WorkerPool() { Stop(); }

  void Start();
  // Returns when all threads have ended: what they run must have ended or be made to end before.
  void Stop();
  int threads() const { return threads_; }

 private:
  void Work();
  void Monitor();
  void SpawnLocked(int count);
  bool Retire();

  Hooks hooks_;
  const int base_;
  const int max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> threads_ = 0;
  std::atomic<int> waiting_ = 0;
  std::atomic<uint64_t> completed_ = 0;
  std::atomic<bool> alarmed_ = false;  // somebody took the last waiting thread
  std::atomic<bool> stop_ = false;
  bool monitor_runs_ = false;
};

}  // namespace buoy::api
