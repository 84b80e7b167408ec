#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/result/result.h"
#include "common/unix/fd.h"

namespace buoy::network {

// Notices when a table of nftables, or chains or rules of it, are deleted ("nft flush ruleset", a
// firewall service that starts), by whomever.
class FirewallWatch {
 public:
  // `on_damage` is called on the watch's thread, soon after the last of several deletions.
  static Result<std::unique_ptr<FirewallWatch>> Open(std::string table,
                                                     std::function<void()> on_damage);
  // Waits for a call that is under way.
  ~FirewallWatch();

 private:
  FirewallWatch(std::string table, std::function<void()> on_damage, Fd netlink, Fd stop);
  void Run();
  // Reads what is there; true when it was about the table, or was too much to read.
  bool Receive() const;

  const std::string table_;
  const std::function<void()> on_damage_;
  const Fd netlink_, stop_;  // stop_: an eventfd
  std::thread thread_;
};

}  // namespace buoy::network
