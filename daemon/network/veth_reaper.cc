#include "daemon/network/veth_reaper.h"

#include "daemon/logging/log.h"
#include "daemon/network/netlink.h"

namespace buoy::network {

VethReaper::~VethReaper() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void VethReaper::Add(const std::string& interface) {
  std::lock_guard lock(mutex_);
  pending_.emplace_back(Clock::now() + delay_, interface);
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.notify_all();
}

void VethReaper::Run() {
  auto netlink = Netlink::Open();
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (pending_.empty()) {
      changed_.wait(lock);
      continue;
    }
    if (Clock::now() < pending_.front().first) {
      changed_.wait_until(lock, pending_.front().first);
      continue;
    }
    const std::string interface = std::move(pending_.front().second);
    pending_.pop_front();
    if (!netlink.ok()) continue;
    lock.unlock();
    Status status = netlink->DeleteLink(interface);
    if (!status.ok()) log::Warn("cannot delete interface", {{"error", status.error().message()}});
    lock.lock();
  }
}

}  // namespace buoy::network
