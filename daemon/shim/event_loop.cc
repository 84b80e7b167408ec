#include "daemon/shim/event_loop.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/shim/clock.h"

namespace buoy::shim {

bool EventLoop::Init() {
  epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  return epoll_.valid();
}

void EventLoop::Watch(int fd, uint32_t events, EventHandler* handler) {
  struct epoll_event event = {};
  event.events = events;
  event.data.ptr = handler;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
}

void EventLoop::Forget(int fd) {
  if (fd >= 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::TimerId EventLoop::After(int64_t nanoseconds, std::function<void()> action) {
  timers_.push_back(
      {next_id_, MonotonicNow() + std::max<int64_t>(0, nanoseconds), std::move(action)});
  return next_id_++;
}

void EventLoop::Cancel(TimerId* id) {
  for (size_t i = 0; *id != kNoTimer && i < timers_.size(); i++) {
    if (timers_[i].id != *id) continue;
    timers_.erase(timers_.begin() + static_cast<long>(i));
    break;
  }
  *id = kNoTimer;
}

void EventLoop::Defer(std::function<void()> action) { deferred_.push_back(std::move(action)); }

void EventLoop::RunDeferred() {
  while (!deferred_.empty()) {
    std::vector<std::function<void()>> actions;
    actions.swap(deferred_);
    for (auto& action : actions) action();
  }
}

int EventLoop::RunTimers() {
  while (!timers_.empty()) {
    auto next = timers_.begin();
    for (auto it = timers_.begin(); it != timers_.end(); ++it) {
      if (it->deadline < next->deadline) next = it;
    }
    const int64_t wait = next->deadline - MonotonicNow();
    if (wait > 0) return static_cast<int>(std::min<int64_t>(wait / kMillisecond + 1, 1 << 30));
    auto action = std::move(next->action);
    timers_.erase(next);
    action();
    RunDeferred();
    if (stopped_) return 0;
  }
  return -1;
}

void EventLoop::Run() {
  RunDeferred();
  while (!stopped_) {
    const int timeout = RunTimers();
    if (stopped_) return;
    struct epoll_event event;
    if (epoll_wait(epoll_.get(), &event, 1, timeout) == 1) {
      static_cast<EventHandler*>(event.data.ptr)->OnEvent(event.events);
    }
    RunDeferred();
  }
}

}  // namespace buoy::shim
