#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "daemon/shim_client/connection.h"
#include "daemon/shim_client/shim_hub.h"

namespace buoy::shim {

class ShimHub::Impl {
 public:
  using Connection = ShimClient::Connection;

  static Result<std::unique_ptr<Impl>> Create();
  ~Impl();

  Status Add(const std::shared_ptr<Connection>& connection);
  void Remove(Connection& connection);
  // Has the handler thread look at the connection, where the caller must not run handlers itself.
  void Wake(const std::shared_ptr<Connection>& connection);

 private:
  void Read();
  void Handle();
  void OnReadable(uint64_t id);

  Fd epoll_;
  Fd stop_event_;
  std::mutex mutex_;
  std::condition_variable work_;
  bool stopping_ = false;
  uint64_t next_id_ = 1;
  std::unordered_map<uint64_t, std::shared_ptr<Connection>> connections_;
  std::deque<std::shared_ptr<Connection>> queue_;
  std::thread reader_;
  std::thread handler_;
};

}  // namespace buoy::shim
