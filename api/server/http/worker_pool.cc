#include "api/server/http/worker_pool.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace buoy::api {

namespace {

constexpr int kIdleTimeoutMs = 15000;
constexpr auto kSaturationCheck = std::chrono::milliseconds(2);
constexpr auto kTick = std::chrono::seconds(1);

}  // namespace

void WorkerPool::Start() {
  std::lock_guard lock(mutex_);
  SpawnLocked(base_);
  monitor_runs_ = true;
  std::thread([this] { Monitor(); }).detach();
}

void WorkerPool::Stop() {
  std::unique_lock lock(mutex_);
  stop_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return threads_ == 0 && !monitor_runs_; });
}

void WorkerPool::SpawnLocked(int count) {
  for (int i = 0; i < count && threads_ < max_ && !stop_; ++i) {
    ++threads_;
    ++waiting_;
    try {
      std::thread([this] { Work(); }).detach();
    } catch (const std::system_error&) {  // no more threads: those there are must do
      --threads_;
      --waiting_;
      return;
    }
  }
}

bool WorkerPool::Retire() {
  // Under the lock: once Stop() sees no thread left, nothing of the pool may be touched any more.
  std::lock_guard lock(mutex_);
  if (threads_ <= base_) return false;
  --waiting_;
  --threads_;
  changed_.notify_all();
  return true;
}

void WorkerPool::Work() {
  pthread_setname_np(pthread_self(), "http-worker");
  while (!stop_) {
    std::optional<uint64_t> event = hooks_.wait(kIdleTimeoutMs);
    if (stop_) break;
    if (!event) {
      if (Retire()) return;
      continue;
    }
    if (--waiting_ == 0 && !alarmed_.exchange(true)) {
      std::lock_guard lock(mutex_);
      changed_.notify_all();
    }
    hooks_.run(*event);
    ++completed_;
    ++waiting_;
  }
  std::lock_guard lock(mutex_);
  --threads_;
  changed_.notify_all();
}

void WorkerPool::Monitor() {
  pthread_setname_np(pthread_self(), "http-monitor");
  using Clock = std::chrono::steady_clock;
  auto next_tick = Clock::now() + kTick;
  uint64_t last_completed = completed_;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (alarmed_) {
      changed_.wait_for(lock, kSaturationCheck, [this] { return stop_.load(); });
    } else {
      changed_.wait_until(lock, next_tick, [this] { return stop_ || alarmed_; });
      last_completed = completed_;
    }
    if (!stop_ && alarmed_) {
      alarmed_ = false;
      if (waiting_ <= 0) {
        alarmed_ = true;
        // All busy: more threads help only when those there are do not get on.
        if (completed_ == last_completed) SpawnLocked(std::max(1, threads_ / 2));
      }
      last_completed = completed_;
    }
    if (!stop_ && Clock::now() >= next_tick) {
      next_tick = Clock::now() + kTick;
      lock.unlock();
      hooks_.tick();
      lock.lock();
    }
  }
  monitor_runs_ = false;
  changed_.notify_all();
}

}  // namespace buoy::api
