#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/server/http/engine.h"
#include "common/result/result.h"
#include "common/unix/pidfd.h"
#include "daemon/server/handover_channel.h"
#include "daemon/server/listeners.h"

namespace buoy::server {

// The new daemon as the old one sees it. Killed by the destructor unless it has taken over.
class Successor {
 public:
  using Deadline = HandoverChannel::Clock::time_point;

  // Starts `program` with these arguments (without its name).
  static Result<std::unique_ptr<Successor>> Start(const std::string& program,
                                                  const std::vector<std::string>& arguments);
  ~Successor();

  // Gives it the listening sockets; it reads its configuration.
  Result<HandoverPrepared> Prepare(const std::vector<Inherited>& listeners, Deadline deadline);
  // It opens the state, whose lock this is: nobody else may have it open.
  Status TakeOver(int lock_fd, Deadline deadline);
  // It serves from now on; there is no way back.
  Status Commit();
  // Thread-safe.
  void Give(api::Engine::Handed connection);
  // All idle connections have been given; returns when it serves.
  Status AwaitServing(Deadline deadline);

  pid_t pid() const { return process_.pid(); }
  // Ends it and waits for its end.
  void Kill();

 private:
  Successor(std::unique_ptr<HandoverChannel> channel, Pidfd process)
      : channel_(std::move(channel)), process_(std::move(process)) {}
  // Adds how the process ended to an error of a connection that broke.
  Error Explain(Error error);

  std::unique_ptr<HandoverChannel> channel_;
  Pidfd process_;
  bool ended_ = false;      // and reaped
  bool committed_ = false;  // it is on its own
};

}  // namespace buoy::server
