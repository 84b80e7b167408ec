#include "api/server/http/gate.h"

#include <sys/eventfd.h>

#include <utility>

namespace buoy::api {

Gate::Gate() : interrupt_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

bool Gate::Enter(uint64_t id) {
  std::lock_guard lock(mutex_);
  if (closed_) {
    kept_.push_back(id);
    return false;
  }
  ++working_;
  return true;
}

void Gate::Leave() {
  std::lock_guard lock(mutex_);
  --working_;
  if (closed_) left_.notify_all();
}

bool Gate::Keep(uint64_t id) {
  std::lock_guard lock(mutex_);
  if (closed_) kept_.push_back(id);
  return closed_;
}

bool Gate::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

void Gate::Begin(uint64_t id, std::string what) {
  std::lock_guard lock(mutex_);
  requests_[id] = {std::move(what), Clock::now(), false, false};
}

void Gate::End(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = requests_.find(id);
  if (found == requests_.end()) return;
  if (found->second.alone) --alone_;
  requests_.erase(found);
}

void Gate::SetAlone(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = requests_.find(id);
  if (found == requests_.end() || std::exchange(found->second.alone, true)) return;
  ++alone_;
  left_.notify_all();
}

int Gate::Interruptible(uint64_t id) {
  std::lock_guard lock(mutex_);
  auto found = requests_.find(id);
  if (found != requests_.end()) found->second.interruptible = true;
  return interrupt_.get();
}

bool Gate::Close(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  closed_ = true;
  eventfd_write(interrupt_.get(), 1);
  return left_.wait_for(lock, limit, [this] { return working_ <= alone_; });
}

std::vector<uint64_t> Gate::Open() {
  std::lock_guard lock(mutex_);
  closed_ = false;
  eventfd_t count;
  (void)eventfd_read(interrupt_.get(), &count);
  return std::exchange(kept_, {});
}

std::vector<std::string> Gate::OlderThan(std::chrono::milliseconds age) const {
  const auto before = Clock::now() - age;
  std::vector<std::string> out;
  std::lock_guard lock(mutex_);
  for (const auto& [id, request] : requests_) {
    if (request.alone || request.interruptible || request.since > before) continue;
    out.push_back(request.what);
  }
  return out;
}

std::vector<uint64_t> Gate::interruptible() const {
  std::vector<uint64_t> out;
  std::lock_guard lock(mutex_);
  for (const auto& [id, request] : requests_) {
    if (request.interruptible) out.push_back(id);
  }
  return out;
}

}  // namespace buoy::api
