#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "api/distribution/cancel.h"

namespace buoy::image {

// Cancels a transfer when its client has gone, also while there is nothing to say to it.
class ClientWatch {
 public:
  // `gone` may be empty: nobody to watch.
  ClientWatch(std::function<bool()> gone, distribution::CancelSource cancel);
  ~ClientWatch();

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace buoy::image
