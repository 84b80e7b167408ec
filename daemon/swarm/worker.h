#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/result/result.h"
#include "common/types/node.h"
#include "daemon/swarm/local_files.h"
#include "daemon/swarm/node_channel.h"
#include "daemon/swarm/node_messages.h"

namespace buoy::swarm {

// This node while it is a worker of a swarm: it tells a manager every few seconds that it is there
// and what it is like, and keeps its certificate fresh. Thread-safe.
class Worker {
 public:
  using Describe = std::function<types::NodeDescription()>;  // of this host; without TLSInfo

  // Becomes a member, by one of the managers that state.managers names. kCancelled when none of
  // them has answered in time; then nothing has happened.
  static Result<std::unique_ptr<Worker>> Join(const LocalFiles& files, LocalState state,
                                              const std::string& token,
                                              const std::string& availability, Describe describe);
  // Goes on as the one that the files tell of.
  static Result<std::unique_ptr<Worker>> Open(const LocalFiles& files, Describe describe);
  ~Worker();

  LocalState local() const;
  // Why the managers do not take this node for one of theirs, or cannot be reached; "" = all is
  // well.
  std::string error() const;
  // Tells a manager, if it can be reached. The files are the caller's.
  void SayLeave();

 private:
  Worker(LocalFiles files, LocalState local, NodeCredentials credentials, Describe describe)
      : files_(std::move(files)),
        describe_(std::move(describe)),
        local_(std::move(local)),
        credentials_(std::move(credentials)) {}

  void Keep();
  // The time until the next one.
  std::chrono::nanoseconds Beat();
  Result<NodeAnswer> AskManagers(const NodeRequest& request);
  Status Renew();
  Status NoteManagers(const std::vector<types::SwarmPeer>& managers);
  bool RenewalDue() const;

  const LocalFiles files_;
  const Describe describe_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  LocalState local_;
  std::string error_;
  NodeCredentials credentials_;
  std::thread keeper_;  // last
};

}  // namespace buoy::swarm
