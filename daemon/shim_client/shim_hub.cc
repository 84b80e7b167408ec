#include "daemon/shim_client/shim_hub.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/shim_client/hub_impl.h"

namespace buoy::shim {

ShimHub::ShimHub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ShimHub::~ShimHub() = default;

Result<std::unique_ptr<ShimHub>> ShimHub::Create() {
  BUOY_ASSIGN(auto impl, Impl::Create());
  return std::unique_ptr<ShimHub>(new ShimHub(std::move(impl)));
}

Result<std::unique_ptr<ShimHub::Impl>> ShimHub::Impl::Create() {
  auto impl = std::make_unique<Impl>();
  impl->epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  impl->stop_event_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!impl->epoll_ || !impl->stop_event_) return ErrnoError("shim hub");
  struct epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  if (epoll_ctl(impl->epoll_.get(), EPOLL_CTL_ADD, impl->stop_event_.get(), &event) != 0) {
    return ErrnoError("shim hub");
  }
  Impl* self = impl.get();
  impl->reader_ = std::thread([self] { self->Read(); });
  impl->handler_ = std::thread([self] { self->Handle(); });
  return impl;
}

ShimHub::Impl::~Impl() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  const uint64_t one = 1;
  if (stop_event_ && write(stop_event_.get(), &one, sizeof one) < 0) return;
  if (reader_.joinable()) reader_.join();
  if (handler_.joinable()) handler_.join();
}

Status ShimHub::Impl::Add(const std::shared_ptr<Connection>& connection) {
  std::lock_guard lock(mutex_);
  connection->hub_id = next_id_++;
  struct epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = connection->hub_id;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection->fd(), &event) != 0) {
    return ErrnoError("shim hub: epoll_ctl");
  }
  connections_[connection->hub_id] = connection;
  return Ok();
}

void ShimHub::Impl::Remove(Connection& connection) {
  std::lock_guard lock(mutex_);
  if (connections_.erase(connection.hub_id) > 0) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.fd(), nullptr);
  }
}

void ShimHub::Impl::Wake(const std::shared_ptr<Connection>& connection) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(connection);
  }
  work_.notify_one();
}

void ShimHub::Impl::OnReadable(uint64_t id) {
  std::shared_ptr<Connection> connection;
  {
    std::lock_guard lock(mutex_);
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;
    connection = found->second;
  }
  if (!connection->ReadAvailable()) {
    Remove(*connection);
    connection->MarkClosed();
  }
  if (connection->HasWork()) connection->Deliver();
}

void ShimHub::Impl::Read() {
  while (true) {
    struct epoll_event events[64];
    const int count = epoll_wait(epoll_.get(), events, 64, -1);
    if (count < 0 && errno != EINTR) return;
    for (int i = 0; i < count; i++) {
      if (events[i].data.u64 == 0) return;
      OnReadable(events[i].data.u64);
    }
  }
}

void ShimHub::Impl::Handle() {
  while (true) {
    std::shared_ptr<Connection> connection;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      connection = std::move(queue_.front());
      queue_.pop_front();
    }
    connection->Deliver();
  }
}

}  // namespace buoy::shim
