#include <map>

#include "daemon/swarm/join_token.h"
#include "daemon/swarm/manager.h"
#include "daemon/swarm/node_filters.h"
#include "daemon/swarm/spec_rules.h"
#include "daemon/swarm/unlock_key.h"

namespace buoy::swarm {
namespace {

Error OutOfSequence() {
  return RpcError(ErrorKind::kInternal, "Unknown", "update out of sequence");
}

Error Precondition(const std::string& text) {
  return RpcError(ErrorKind::kInvalidArgument, "FailedPrecondition", text);
}

// A spec asks for another root by a certificate and key of its own or by another ForceRotate. True
// = the root, and with it the tokens, have changed.
Result<bool> RotateRoot(const types::CaConfig& wanted, uint64_t force_rotate_before,
                        ClusterRecord& cluster) {
  const KeyPair former = cluster.root;
  const KeyPair given{wanted.signing_ca_cert, wanted.signing_ca_key};
  if (given.certificate.empty() && !given.key.empty()) {
    return RpcError(ErrorKind::kInvalidArgument, "InvalidArgument",
                    "if a signing CA key is provided, the signing CA cert must also be provided");
  }
  if (!given.certificate.empty()) {
    Status usable = CheckRootCa(given);
    if (!usable.ok()) {
      return RpcError(ErrorKind::kInvalidArgument, "InvalidArgument", usable.error().message());
    }
    if (given.certificate == cluster.root.certificate) return false;
    cluster.root = given;
  } else if (wanted.force_rotate != force_rotate_before) {
    BUOY_ASSIGN(cluster.root, NewRootCa());
  } else {
    return false;
  }
  BUOY_ASSIGN(std::string cross, CrossSign(cluster.root.certificate, former));
  cluster.cross_certificates.insert(0, cross);
  cluster.former_roots.insert(0, former.certificate);
  cluster.info.root_rotation_in_progress = true;
  cluster.tokens = {NewJoinToken(cluster.root.certificate), NewJoinToken(cluster.root.certificate)};
  return true;
}

void SetUnlockKey(bool rotate, ClusterRecord& cluster) {
  if (!cluster.info.spec.encryption_config.auto_lock_managers) {
    cluster.unlock_key.clear();
  } else if (cluster.unlock_key.empty() || rotate) {
    cluster.unlock_key = NewUnlockKey();
  }
}

std::string NameOf(const types::Node& node) {
  return node.spec.name.empty() ? node.description.hostname : node.spec.name;
}

}  // namespace

Status Manager::Update(types::SwarmSpec spec, const api::SwarmUpdateOptions& options) {
  if (spec.name.empty()) spec.name = "default";
  BUOY_TRY(CheckSpec(spec));
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  const std::string unlock_key_before = cluster.unlock_key;
  if (cluster.info.version.index != options.version) return OutOfSequence();
  const uint64_t force_rotate_before = cluster.info.spec.ca_config.force_rotate;
  BUOY_ASSIGN(bool rotated, RotateRoot(spec.ca_config, force_rotate_before, cluster));
  spec.ca_config.signing_ca_cert.clear();
  spec.ca_config.signing_ca_key.clear();
  // An update is the whole spec; what it leaves out is zero, and shown so.
  cluster.info.spec = MergeSpec(spec, types::SwarmSpec{});
  cluster.info.spec.orchestration.task_history_retention_limit =
      spec.orchestration.task_history_retention_limit.value_or(0);
  cluster.info.spec.raft.keep_old_snapshots = spec.raft.keep_old_snapshots.value_or(0);
  const std::string& root = cluster.root.certificate;
  if (options.rotate_worker_token) cluster.tokens.worker = NewJoinToken(root);
  if (options.rotate_manager_token) cluster.tokens.manager = NewJoinToken(root);
  SetUnlockKey(options.rotate_manager_unlock_key, cluster);
  cluster.info.updated_at = NowText();
  auto committed = store_->Commit(
      {{kClusterKey, EncodeCluster(cluster), static_cast<int64_t>(options.version)}});
  if (!committed.ok()) {
    return committed.error().kind() == ErrorKind::kConflict ? OutOfSequence()
                                                            : std::move(committed).error();
  }
  if (rotated) {
    BUOY_TRY(IssueOwnCertificate(cluster));
    BUOY_TRY(DescribeSelf(cluster));
    return FinishRootRotation();
  }
  if (cluster.unlock_key != unlock_key_before) return files_.SaveKeys(keys_, cluster.unlock_key);
  return Ok();
}

Status Manager::UpdateNode(const std::string& ref, uint64_t version, types::NodeSpec spec) {
  BUOY_TRY(CheckNodeSpec(spec));
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(auto nodes, Nodes());
  BUOY_ASSIGN(types::Node node, FindNode(nodes, ref));
  const types::NodeSpec before = node.spec;
  if (before.role == "manager" && spec.role == "worker") {
    int managers = 0;
    for (const auto& other : nodes) managers += other.spec.role == "manager" ? 1 : 0;
    if (managers == 1) {
      return Precondition("attempting to demote the last manager of the swarm");
    }
  }
  if (before.role == "worker" && spec.role == "manager") {
    return RpcError(ErrorKind::kNotImplemented, "Unimplemented",
                    "this swarm's manager cannot take in further managers yet");
  }
  if (node.version.index != version) return OutOfSequence();
  node.spec = std::move(spec);
  node.updated_at = NowText();
  auto committed =
      store_->Commit({{NodeKey(node.id), EncodeNode(node), static_cast<int64_t>(version)}});
  if (!committed.ok()) {
    return committed.error().kind() == ErrorKind::kConflict ? OutOfSequence()
                                                            : std::move(committed).error();
  }
  std::map<std::string, std::string> changes;
  if (node.spec.availability != before.availability) {
    changes["availability.old"] = before.availability;
    changes["availability.new"] = node.spec.availability;
  }
  if (node.spec.role != before.role) {
    changes["role.old"] = before.role;
    changes["role.new"] = node.spec.role;
  }
  Publish("update", node, changes);
  return Ok();
}

Status Manager::RemoveNode(const std::string& ref, bool force) {
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(auto nodes, Nodes());
  BUOY_ASSIGN(types::Node node, FindNode(nodes, ref));
  if (node.spec.role == "manager") {
    return Precondition("node " + node.id +
                        " is a cluster manager and is a member of the raft cluster. It must be "
                        "demoted to worker before removal");
  }
  if (!force && node.status.state == "ready") {
    return Precondition("node " + node.id + " is not down and can't be removed");
  }
  BUOY_TRY(
      store_->Commit({{NodeKey(node.id), std::nullopt, static_cast<int64_t>(node.version.index)}}));
  StopExpecting(node.id);
  Publish("remove", node);
  return FinishRootRotation();
}

void Manager::Publish(const char* action, const types::Node& node,
                      const std::map<std::string, std::string>& changes) {
  types::Event event{.type = "node", .action = action};
  event.scope = "swarm";
  event.actor.id = node.id;
  event.actor.attributes = json::Map<std::string>(changes);
  event.actor.attributes.is_null = false;
  event.actor.attributes["name"] = NameOf(node);
  context_.publish(std::move(event));
}

}  // namespace buoy::swarm
