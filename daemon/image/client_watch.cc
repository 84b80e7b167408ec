#include "daemon/image/client_watch.h"

#include <chrono>

namespace buoy::image {

ClientWatch::ClientWatch(std::function<bool()> gone, distribution::CancelSource cancel) {
  if (!gone) return;
  thread_ = std::thread([this, gone = std::move(gone), cancel]() mutable {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::milliseconds(200), [this] { return end_; })) {
      if (!gone()) continue;
      cancel.Cancel();
      return;
    }
  });
}

ClientWatch::~ClientWatch() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    end_ = true;
    ended_.notify_all();
  }
  thread_.join();
}

}  // namespace buoy::image
