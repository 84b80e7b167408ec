#include "daemon/shim/out_queue.h"

#include <unistd.h>

#include <cerrno>

namespace buoy::shim {

namespace {
// An empty queue gives larger buffers back: a supervisor mostly sits idle.
constexpr size_t kKeepCapacity = 4 * 1024;
}  // namespace

void OutQueue::Clear() {
  done_ = 0;
  data_.clear();
  if (data_.capacity() > kKeepCapacity) std::string().swap(data_);
}

bool OutQueue::Flush(int fd) {
  while (!empty()) {
    const ssize_t n = write(fd, data_.data() + done_, size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      if (done_ > data_.size() / 2) {
        data_.erase(0, done_);
        done_ = 0;
      }
      return true;
    }
    if (n < 0) return false;
    done_ += static_cast<size_t>(n);
  }
  Clear();
  return true;
}

}  // namespace buoy::shim
