#include "daemon/swarm/manager.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "daemon/logging/log.h"
#include "daemon/swarm/addresses.h"
#include "daemon/swarm/base36.h"
#include "daemon/swarm/join_token.h"
#include "daemon/swarm/seal.h"
#include "daemon/swarm/spec_rules.h"
#include "daemon/swarm/sqlite_store.h"
#include "daemon/swarm/unlock_key.h"

namespace buoy::swarm {
namespace {

constexpr std::chrono::seconds kRenewInterval{60};
constexpr std::chrono::milliseconds kWatchInterval{500};  // while there are nodes to watch

types::Node NewManagerNode(const LocalState& local, const std::string& availability) {
  types::Node node;
  node.id = local.node_id;
  node.created_at = node.updated_at = NowText();
  node.spec.labels = json::Map<std::string>::Empty();
  node.spec.role = "manager";
  node.spec.availability = availability;
  return node;
}

}  // namespace

Result<std::unique_ptr<Manager>> Manager::Create(const LocalFiles& files, LocalState state,
                                                 const types::SwarmInitRequest& request,
                                                 ManagerContext context) {
  BUOY_TRY(files.Clear());
  BUOY_TRY(files.MakeFolders());
  NodeKeys keys{RandomBytes(kSealKeyBytes), ""};
  BUOY_ASSIGN(auto store, SqliteStore::Open(files.Store(), keys.data_key));
  std::unique_ptr<Manager> manager(
      new Manager(files, std::move(state), std::move(keys), std::move(store), std::move(context)));
  BUOY_TRY(manager->WriteNewSwarm(request));
  BUOY_TRY(manager->StartServing(false));
  BUOY_TRY(files.SaveState(manager->local_));
  manager->StartKeeping();
  BUOY_ASSIGN(auto nodes, manager->Nodes());
  for (const auto& node : nodes) manager->Publish("create", node);
  return manager;
}

Status Manager::WriteNewSwarm(const types::SwarmInitRequest& request) {
  ClusterRecord cluster;
  if (!request.spec.ca_config.signing_ca_cert.empty()) {
    cluster.root = {request.spec.ca_config.signing_ca_cert, request.spec.ca_config.signing_ca_key};
    BUOY_TRY(CheckRootCa(cluster.root));
  } else {
    BUOY_ASSIGN(cluster.root, NewRootCa());
  }
  cluster.info.id = NewSwarmId();
  cluster.info.created_at = cluster.info.updated_at = NowText();
  cluster.info.spec = MergeSpec(request.spec, DefaultSpec());
  cluster.info.spec.ca_config.signing_ca_cert.clear();
  cluster.info.spec.ca_config.signing_ca_key.clear();
  cluster.info.spec.encryption_config.auto_lock_managers |= request.auto_lock_managers;
  cluster.info.default_addr_pool = request.default_addr_pool;
  cluster.info.subnet_size = request.subnet_size;
  cluster.info.data_path_port = request.data_path_port;
  cluster.tokens = {NewJoinToken(cluster.root.certificate), NewJoinToken(cluster.root.certificate)};
  if (cluster.info.spec.encryption_config.auto_lock_managers) cluster.unlock_key = NewUnlockKey();
  const types::Node node = NewManagerNode(local_, request.availability);
  std::lock_guard lock(update_mutex_);
  BUOY_TRY(store_->Commit(
      {{kClusterKey, EncodeCluster(cluster), 0}, {NodeKey(node.id), EncodeNode(node), 0}}));
  BUOY_TRY(IssueOwnCertificate(cluster));
  return DescribeSelf(cluster);
}

Result<std::unique_ptr<Manager>> Manager::Open(const LocalFiles& files,
                                               const std::string& unlock_key,
                                               ManagerContext context) {
  BUOY_ASSIGN(LocalState state, files.LoadState());
  BUOY_ASSIGN(NodeKeys keys, files.LoadKeys(unlock_key));
  BUOY_ASSIGN(auto store, SqliteStore::Open(files.Store(), keys.data_key));
  std::unique_ptr<Manager> manager(
      new Manager(files, std::move(state), std::move(keys), std::move(store), std::move(context)));
  BUOY_TRY(manager->Reconcile(unlock_key));
  BUOY_TRY(manager->StartServing(true));
  manager->StartKeeping();
  return manager;
}

// The store is the truth; a crash may have come before the files were written after it.
Status Manager::Reconcile(const std::string& unlock_key) {
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  BUOY_ASSIGN(bool locked, files_.KeysLocked());
  {
    std::lock_guard lock(update_mutex_);
    if (locked != !cluster.unlock_key.empty() || (locked && unlock_key != cluster.unlock_key)) {
      BUOY_TRY(files_.SaveKeys(keys_, cluster.unlock_key));
    }
    BUOY_TRY(DescribeSelf(cluster));
  }
  return RenewIfDue(time(nullptr));
}

Manager::~Manager() {
  server_.reset();
  {
    std::lock_guard lock(keeper_mutex_);
    stop_ = true;
  }
  keeper_wake_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

void Manager::StartKeeping() {
  keeper_ = std::thread([this] { Keep(); });
}

void Manager::Keep() {
  auto renewal = std::chrono::steady_clock::now() + kRenewInterval;
  std::unique_lock lock(keeper_mutex_);
  while (!stop_) {
    if (expected_.empty()) {
      keeper_wake_.wait_until(lock, renewal, [this] { return stop_ || !expected_.empty(); });
    } else {
      keeper_wake_.wait_for(lock, kWatchInterval, [this] { return stop_; });
    }
    if (stop_) return;
    lock.unlock();
    DeclareDown();
    if (std::chrono::steady_clock::now() >= renewal) {
      renewal = std::chrono::steady_clock::now() + kRenewInterval;
      Status renewed = RenewIfDue(time(nullptr));
      if (!renewed.ok()) {
        log::Error("cannot renew the node's certificate", {{"error", renewed.error().message()}});
      }
    }
    lock.lock();
  }
}

Result<ClusterRecord> Manager::ReadCluster() {
  BUOY_ASSIGN(auto entry, store_->Get(kClusterKey));
  if (!entry) return Internal("the swarm's store has no cluster");
  return DecodeCluster(*entry);
}

// With a new key; under update_mutex_. Key and certificate belong together, and a crash between the
// two leaves a certificate that is not the key's: the key's file comes last and RenewIfDue() looks.
Status Manager::IssueOwnCertificate(const ClusterRecord& cluster) {
  BUOY_ASSIGN(KeyPair issued,
              IssueNodeCertificate(cluster.root, {local_.node_id, true, cluster.info.id},
                                   CertificateSeconds(cluster.info.spec)));
  BUOY_TRY(files_.SaveCertificates(cluster.root.certificate, issued.certificate));
  keys_.node_key = issued.key;
  BUOY_TRY(files_.SaveKeys(keys_, cluster.unlock_key));
  if (!server_) return Ok();
  BUOY_ASSIGN(NodeCredentials credentials, ServerCredentials(cluster));
  return server_->SetCredentials(credentials);
}

Status Manager::RenewIfDue(int64_t now) {
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  auto text = files_.NodeCertificate();
  if (text.ok()) {
    auto read = ReadNodeCertificate(cluster.root.certificate, *text);
    if (read.ok() && CertificateFitsKey({*text, keys_.node_key})) {
      const int64_t lifetime = read->not_after - read->not_before;
      const int64_t due = read->not_before + lifetime / 5 * 3;
      if (now >= read->not_before && now < due) return Ok();
    }
  }
  log::Info("Renewing the swarm certificate of this node", {{"node.id", local_.node_id}});
  return IssueOwnCertificate(cluster);
}

// What the swarm is told of this host; written only when it differs.
Status Manager::DescribeSelf(const ClusterRecord& cluster) {
  BUOY_ASSIGN(auto entry, store_->Get(NodeKey(local_.node_id)));
  if (!entry) return Internal("this node is not in the swarm's store");
  BUOY_ASSIGN(types::Node node, DecodeNode(*entry));
  const std::string before = EncodeNode(node);
  node.description = context_.describe();
  BUOY_ASSIGN(node.description.tls_info, DescribeTls(cluster.root.certificate));
  node.status = {"ready", "", HostOf(local_.advertise_addr)};
  node.manager_status = types::ManagerStatus{true, "reachable", local_.advertise_addr};
  if (EncodeNode(node) == before) return Ok();
  node.updated_at = NowText();
  BUOY_TRY(store_->Commit({{NodeKey(node.id), EncodeNode(node), entry->revision}}));
  return Ok();
}

Result<types::Swarm> Manager::Inspect() {
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  BUOY_ASSIGN(cluster.info.tls_info, DescribeTls(cluster.root.certificate));
  return types::Swarm{cluster.info, cluster.tokens};
}

Result<std::string> Manager::UnlockKey() {
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  return cluster.unlock_key;
}

Result<std::vector<types::Node>> Manager::Nodes() {
  BUOY_ASSIGN(auto entries, store_->List(kNodesPrefix));
  std::vector<types::Node> nodes;
  for (const StoreEntry& entry : entries) {
    BUOY_ASSIGN(types::Node node, DecodeNode(entry));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace buoy::swarm
