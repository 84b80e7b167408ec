#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace buoy::network {

// Deletes host interfaces whose namespace should be gone but is still held by somebody (a container
// that joined it). Deleting a veth is slow and normally the kernel does it with the namespace, so
// this waits a while and works in a thread of its own, started with the first interface.
class VethReaper {
 public:
  explicit VethReaper(std::chrono::milliseconds delay = std::chrono::seconds(2)) : delay_(delay) {}
  ~VethReaper();  // forgets what is pending: Start() sweeps after the next daemon start

  void Add(const std::string& interface);

 private:
  using Clock = std::chrono::steady_clock;
  void Run();

  const std::chrono::milliseconds delay_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Clock::time_point, std::string>> pending_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace buoy::network
