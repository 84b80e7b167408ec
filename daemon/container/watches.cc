#include "daemon/container/watches.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>

namespace buoy::container {

Watches::Watches() : stop_(eventfd(0, EFD_CLOEXEC)) {}

Watches::~Watches() {
  eventfd_write(stop_.get(), 1);
  std::lock_guard lock(mutex_);
  for (auto& thread : threads_) thread.join();
}

void Watches::Add(Fd process, std::function<void()> ended) {
  std::lock_guard lock(mutex_);
  threads_.emplace_back([this, process = std::move(process), ended = std::move(ended)] {
    pollfd pollers[] = {{process.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    while (poll(pollers, 2, -1) < 0 && errno == EINTR) {
    }
    if (pollers[1].revents == 0) ended();
  });
}

}  // namespace buoy::container
