#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace buoy::container {

// Runs tasks on a few threads; those with the same key one after the other, in order. Keeps the
// shim hub's thread free: it only posts.
class SerialExecutor {
 public:
  explicit SerialExecutor(int threads);
  // Runs what has been posted before, then ends.
  ~SerialExecutor();
  SerialExecutor(const SerialExecutor&) = delete;
  SerialExecutor& operator=(const SerialExecutor&) = delete;

  void Post(const std::string& key, std::function<void()> task);
  // Waits until nothing is queued or running.
  void Drain();

 private:
  struct Queue {
    std::deque<std::function<void()>> tasks;
  };
  void Work();

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::map<std::string, Queue> queues_;  // present = has a task that is queued or running
  std::deque<std::string> ready_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace buoy::container
