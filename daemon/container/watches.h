#pragma once

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/unix/fd.h"

namespace buoy::container {

// Threads that wait for the end of processes which are nobody's children here. None of them is left
// after the destructor.
class Watches {
 public:
  Watches();
  ~Watches();
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  // Runs `ended` on a thread of its own once `process` (a pidfd) is readable.
  void Add(Fd process, std::function<void()> ended);

 private:
  Fd stop_;  // eventfd
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace buoy::container
