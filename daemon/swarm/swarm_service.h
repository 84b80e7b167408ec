#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/server/backend/swarm_backend.h"
#include "daemon/swarm/addresses.h"
#include "daemon/swarm/local_files.h"
#include "daemon/swarm/manager.h"
#include "daemon/swarm/worker.h"

namespace buoy::swarm {

// What the service needs of its daemon.
struct SwarmContext {
  std::string folder;  // <data-root>/swarm
  ManagerContext manager;
  std::function<AddressContext()> addresses;
  std::function<std::string()> default_advertise;
  // Live restore is on, and not allowed together with a swarm.
  std::function<bool()> live_restore_forbids;
  // Keeps live restore as it is for as long as the lock is held.
  std::function<std::unique_lock<std::mutex>()> hold_reloads = [] {
    return std::unique_lock<std::mutex>();
  };
  // How long a join is waited for before it goes on in the background.
  std::chrono::milliseconds join_time{20'000};
};

// This node's part in a swarm, if it has one: nothing is open and nothing runs while it has none.
class SwarmService : public api::SwarmBackend {
 public:
  explicit SwarmService(SwarmContext context)
      : context_(std::move(context)), files_(context_.folder) {}

  ~SwarmService() override { StopJoining(); }

  // Goes on with the membership that the files tell of. A store that cannot be opened leaves the
  // node in the state "error", which Info() explains; kUnavailable only for what Docker ends for.
  Status Start();

  // "inactive", "active/manager", "active/worker", "locked", ...
  std::string StateText() const;
  bool IsMember() const;

  types::SwarmNodeInfo Info() override;
  Result<std::string> Init(types::SwarmInitRequest request) override;
  Status Join(types::SwarmJoinRequest request) override;
  Status Leave(bool force) override;
  Result<types::Swarm> Inspect() override;
  Status Update(types::SwarmSpec spec, const api::SwarmUpdateOptions& options) override;
  Status Unlock(const std::string& key) override;
  Result<std::string> UnlockKey() override;
  Result<std::vector<types::Node>> Nodes(const api::Filters& filters) override;
  Result<types::Node> InspectNode(const std::string& ref) override;
  Status UpdateNode(const std::string& ref, uint64_t version, types::NodeSpec spec) override;
  Status RemoveNode(const std::string& ref, bool force) override;
  Status CheckManager() override;

 private:
  enum class State { kInactive, kPending, kActive, kLocked, kError };

  // The active manager; else why there is none. Shared with the calls that run.
  Result<std::shared_ptr<Manager>> ActiveManager() const;
  void Become(State state, std::shared_ptr<Manager> manager, std::string error = {});
  void BecomeWorker(std::shared_ptr<Worker> worker);
  std::shared_ptr<Worker> ActiveWorker() const;
  Status StartMembership();
  // --- swarm_join.cc ---
  Result<LocalState> ResolveJoin(const types::SwarmJoinRequest& request);
  void KeepJoining(const LocalState& local, const types::SwarmJoinRequest& request);
  // True when the attempt is over, by success or not.
  bool TryJoin(const LocalState& local, const types::SwarmJoinRequest& request);
  void StopJoining();

  Result<std::string> ForceNew(const types::SwarmInitRequest& request);
  Result<LocalState> ResolveLocal(const types::SwarmInitRequest& request);

  const SwarmContext context_;
  const LocalFiles files_;
  std::mutex control_mutex_;  // one init, join, leave, unlock at a time; before mutex_
  mutable std::mutex mutex_;
  State state_ = State::kInactive;
  std::string error_;
  std::shared_ptr<Manager> manager_;
  std::shared_ptr<Worker> worker_;
  // The attempt to join, under mutex_ but for the thread, which is the control mutex's.
  std::condition_variable join_changed_;
  bool stop_joining_ = false;
  Status joined_;
  std::thread joiner_;
};

}  // namespace buoy::swarm
