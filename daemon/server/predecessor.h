#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/server/http/engine.h"
#include "common/result/result.h"
#include "daemon/server/handover_channel.h"
#include "daemon/server/listeners.h"

namespace buoy::server {

// The old daemon as the new one sees it.
class Predecessor {
 public:
  // The one that started this process to take over; null = nobody did.
  static Result<std::unique_ptr<Predecessor>> FromEnvironment();
  ~Predecessor();

  pid_t pid() const { return pid_; }
  // Its listening sockets; once.
  std::vector<Inherited> TakeListeners() { return std::move(listeners_); }
  // This daemon gives up, for this reason; the old one goes on.
  void Refuse(const std::string& error);
  // Says what this one is; returns the instance lock as soon as the state is free to be opened.
  Result<Fd> AwaitState(const std::string& version, int schema);
  // Says that this one is ready; returns when it is to serve: there is no way back, even if the old
  // one has crashed meanwhile.
  Status AwaitCommit();
  // Takes the clients' connections over, now and for as long as the old daemon has some.
  void AdoptConnections(api::Engine& engine);

 private:
  explicit Predecessor(std::unique_ptr<HandoverChannel> channel) : channel_(std::move(channel)) {}
  void Adopt(api::Engine& engine);

  std::unique_ptr<HandoverChannel> channel_;
  pid_t pid_ = 0;
  std::vector<Inherited> listeners_;
  std::thread adopter_;
};

}  // namespace buoy::server
