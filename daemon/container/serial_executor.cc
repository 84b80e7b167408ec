#include "daemon/container/serial_executor.h"

#include <exception>

#include "daemon/logging/log.h"

namespace buoy::container {

SerialExecutor::SerialExecutor(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

SerialExecutor::~SerialExecutor() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void SerialExecutor::Post(const std::string& key, std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    auto [queue, fresh] = queues_.try_emplace(key);
    queue->second.tasks.push_back(std::move(task));
    if (fresh) ready_.push_back(key);
  }
  wake_.notify_one();
}

void SerialExecutor::Drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queues_.empty(); });
}

void SerialExecutor::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return !ready_.empty() || (stopping_ && queues_.empty()); });
    if (ready_.empty()) return;
    std::string key = std::move(ready_.front());
    ready_.pop_front();
    auto task = std::move(queues_[key].tasks.front());
    queues_[key].tasks.pop_front();
    lock.unlock();
    try {
      task();
    } catch (const std::exception& failure) {
      log::Error("a container's background task failed",
                 {{"container", key}, {"error", failure.what()}});
    }
    task = nullptr;
    lock.lock();
    if (queues_[key].tasks.empty()) {
      queues_.erase(key);
    } else {
      ready_.push_back(std::move(key));
    }
    if (queues_.empty()) idle_.notify_all();
    wake_.notify_all();
  }
}

}  // namespace buoy::container
