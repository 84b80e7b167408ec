#include "api/distribution/cancel.h"

namespace buoy::distribution {

struct CancelSource::Guard::State {
  std::mutex mutex;
  bool cancelled = false;
  uint64_t next = 1;
  std::map<uint64_t, std::function<void()>> actions;
};

std::shared_ptr<CancelSource::Guard::State> CancelSource::NewState() {
  return std::make_shared<Guard::State>();
}

void CancelSource::Cancel() {
  std::lock_guard lock(state_->mutex);
  state_->cancelled = true;
  for (const auto& [id, action] : state_->actions) action();
}

bool CancelSource::cancelled() const {
  std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

CancelSource::Guard CancelSource::OnCancel(std::function<void()> action) {
  std::lock_guard lock(state_->mutex);
  if (state_->cancelled) action();
  const uint64_t id = state_->next++;
  state_->actions.emplace(id, std::move(action));
  return Guard(state_, id);
}

CancelSource::Guard& CancelSource::Guard::operator=(Guard&& other) noexcept {
  if (this != &other) {
    Release();
    state_ = std::move(other.state_);
    id_ = other.id_;
  }
  return *this;
}

void CancelSource::Guard::Release() {
  if (!state_) return;
  {
    std::lock_guard lock(state_->mutex);
    state_->actions.erase(id_);
  }
  state_.reset();
}

}  // namespace buoy::distribution
