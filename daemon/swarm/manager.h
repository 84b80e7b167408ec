#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/server/backend/swarm_backend.h"
#include "common/types/event.h"
#include "daemon/swarm/cluster_record.h"
#include "daemon/swarm/cluster_store.h"
#include "daemon/swarm/local_files.h"
#include "daemon/swarm/node_messages.h"
#include "daemon/swarm/node_server.h"

namespace buoy::swarm {

// What a manager needs of its daemon.
struct ManagerContext {
  std::function<types::NodeDescription()> describe;  // of this host; without TLSInfo
  std::function<void(types::Event)> publish;
};

// This node while it is an active manager of its swarm: the store is open, its certificate is kept
// fresh, the other nodes are served. Thread-safe.
class Manager {
 public:
  // Makes a new swarm of one node and its files; the membership itself (LocalState) is saved last.
  static Result<std::unique_ptr<Manager>> Create(const LocalFiles& files, LocalState state,
                                                 const types::SwarmInitRequest& request,
                                                 ManagerContext context);
  // Goes on with the one that the files tell of. kUnauthorized when it is locked by another key.
  static Result<std::unique_ptr<Manager>> Open(const LocalFiles& files,
                                               const std::string& unlock_key,
                                               ManagerContext context);
  ~Manager();

  const LocalState& local() const { return local_; }

  Result<types::Swarm> Inspect();
  Status Update(types::SwarmSpec spec, const api::SwarmUpdateOptions& options);
  Result<std::string> UnlockKey();

  Result<std::vector<types::Node>> Nodes();
  Status UpdateNode(const std::string& ref, uint64_t version, types::NodeSpec spec);
  Status RemoveNode(const std::string& ref, bool force);

  // Replaces the node's certificate when it is due or not of the current root; what the thread of
  // its own does every now and then.
  Status RenewIfDue(int64_t now);

 private:
  Manager(LocalFiles files, LocalState local, NodeKeys keys, std::unique_ptr<ClusterStore> store,
          ManagerContext context)
      : files_(std::move(files)),
        local_(std::move(local)),
        context_(std::move(context)),
        store_(std::move(store)),
        keys_(std::move(keys)) {}

  Result<ClusterRecord> ReadCluster();
  Status WriteNewSwarm(const types::SwarmInitRequest& request);
  Status Reconcile(const std::string& unlock_key);
  Status IssueOwnCertificate(const ClusterRecord& cluster);
  Status DescribeSelf(const ClusterRecord& cluster);
  // --- manager_nodes.cc ---
  Status StartServing(bool patient);
  Result<NodeCredentials> ServerCredentials(const ClusterRecord& cluster);
  std::string Serve(const std::string& text, const std::string& certificate,
                    const std::string& address);
  Result<NodeAnswer> Answer(const NodeRequest& request, const std::string& certificate,
                            const ClusterRecord& cluster);
  Result<NodeAnswer> AnswerJoin(const NodeRequest& request, const ClusterRecord& cluster,
                                NodeAnswer answer);
  Result<NodeAnswer> AnswerRenewal(const NodeRequest& request, const ClusterRecord& cluster,
                                   NodeAnswer answer);
  Status TakeHeartbeat(const NodeRequest& request, const std::string& certificate,
                       types::Node node);
  Status WriteNode(types::Node node);
  Status SetNodeState(types::Node node, const std::string& state, const std::string& message);
  void Expect(const std::string& node_id, int64_t period);
  void StopExpecting(const std::string& node_id);
  Status ForgetWhoIsThere();
  void DeclareDown();
  Status FinishRootRotation();

  void StartKeeping();
  void Keep();
  void Publish(const char* action, const types::Node& node,
               const std::map<std::string, std::string>& changes = {});

  const LocalFiles files_;
  const LocalState local_;
  const ManagerContext context_;
  const std::unique_ptr<ClusterStore> store_;

  std::mutex update_mutex_;  // before keeper_mutex_; one change at a time of store and files
  NodeKeys keys_;            // under update_mutex_

  std::mutex keeper_mutex_;
  std::condition_variable keeper_wake_;
  bool stop_ = false;
  // Until when the other nodes must have sent a heartbeat; under keeper_mutex_.
  std::map<std::string, std::chrono::steady_clock::time_point> expected_;
  std::thread keeper_;
  std::unique_ptr<NodeServer> server_;  // last
};

}  // namespace buoy::swarm
