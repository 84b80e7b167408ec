#include <algorithm>
#include <ctime>

#include "daemon/logging/log.h"
#include "daemon/swarm/addresses.h"
#include "daemon/swarm/base36.h"
#include "daemon/swarm/join_token.h"
#include "daemon/swarm/manager.h"
#include "daemon/swarm/spec_rules.h"

// What the swarm's other nodes ask of this manager.
namespace buoy::swarm {
namespace {

constexpr int kGracePeriods = 3;  // heartbeats that may be missed
constexpr int64_t kDefaultHeartbeat = 5'000'000'000;
constexpr char kRemoved[] = "removed";

NodeAnswer Refuse(const std::string& code, const std::string& text) {
  NodeAnswer answer;
  answer.error = "rpc error: code = " + code + " desc = " + text;
  return answer;
}

int64_t HeartbeatPeriod(const ClusterRecord& cluster) {
  const int64_t period = cluster.info.spec.dispatcher.heartbeat_period;
  return period > 0 ? period : kDefaultHeartbeat;
}

}  // namespace

Status Manager::StartServing(bool patient) {
  BUOY_TRY(ForgetWhoIsThere());
  std::lock_guard lock(update_mutex_);
  BUOY_TRY(FinishRootRotation());
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());  // without the roots that this has dropped
  BUOY_ASSIGN(NodeCredentials credentials, ServerCredentials(cluster));
  BUOY_ASSIGN(server_,
              NodeServer::Start(local_.listen_addr, credentials, patient,
                                [this](const std::string& request, const std::string& certificate,
                                       const std::string& address) {
                                  return Serve(request, certificate, address);
                                }));
  return Ok();
}

// Under update_mutex_.
Result<NodeCredentials> Manager::ServerCredentials(const ClusterRecord& cluster) {
  BUOY_ASSIGN(std::string certificate, files_.NodeCertificate());
  return NodeCredentials{{certificate + cluster.cross_certificates, keys_.node_key},
                         cluster.root.certificate + cluster.former_roots};
}

std::string Manager::Serve(const std::string& text, const std::string& certificate,
                           const std::string& address) {
  auto request = DecodeRequest(text);
  if (!request.ok()) {
    return EncodeAnswer(Refuse("InvalidArgument", request.error().message()));
  }
  request->node.status.addr = address;
  auto cluster = ReadCluster();
  if (!cluster.ok()) return EncodeAnswer(Refuse("Internal", cluster.error().message()));
  auto answer = Answer(*request, certificate, *cluster);
  return EncodeAnswer(answer.ok() ? *std::move(answer)
                                  : Refuse("Internal", answer.error().message()));
}

Result<NodeAnswer> Manager::Answer(const NodeRequest& request, const std::string& certificate,
                                   const ClusterRecord& cluster) {
  NodeAnswer answer;
  answer.root = cluster.root.certificate;
  answer.heartbeat_period = HeartbeatPeriod(cluster);
  answer.managers = {{local_.node_id, local_.advertise_addr}};
  if (request.kind == kAskRoot) return answer;
  if (request.kind == kAskJoin) return AnswerJoin(request, cluster, std::move(answer));
  auto peer = ReadVerifiedCertificate(certificate);
  if (!peer.ok() || peer->identity.cluster_id != cluster.info.id) {
    return Refuse("PermissionDenied",
                  "Permission denied: unauthorized peer role: request does not include a client "
                  "certificate of this swarm");
  }
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(auto entry, store_->Get(NodeKey(peer->identity.node_id)));
  if (!entry) {
    answer = Refuse("PermissionDenied", "Permission denied: node " + peer->identity.node_id +
                                            " was removed from the swarm");
    answer.error_kind = kRemoved;
    return answer;
  }
  BUOY_ASSIGN(types::Node node, DecodeNode(*entry));
  answer.node_id = node.id;
  if (request.kind == kAskRenew) return AnswerRenewal(request, cluster, std::move(answer));
  if (request.kind == kAskLeave) {
    BUOY_TRY(SetNodeState(node, "down", "node left the swarm"));
    StopExpecting(node.id);
    return answer;
  }
  if (request.kind != kAskHeartbeat) return Refuse("Unimplemented", "unknown request");
  BUOY_TRY(TakeHeartbeat(request, certificate, node));
  Expect(node.id, answer.heartbeat_period);
  return answer;
}

Result<NodeAnswer> Manager::AnswerJoin(const NodeRequest& request, const ClusterRecord& cluster,
                                       NodeAnswer answer) {
  auto given = ParseJoinToken(request.token);
  auto worker = ParseJoinToken(cluster.tokens.worker);
  auto manager = ParseJoinToken(cluster.tokens.manager);
  if (given.ok() && manager.ok() && SameSecret(given->secret, manager->secret)) {
    return Refuse("Unimplemented",
                  "this swarm's manager cannot take in further managers yet: join as a worker");
  }
  if (!given.ok() || !worker.ok() || !SameSecret(given->secret, worker->secret)) {
    return Refuse("InvalidArgument", "A valid join token is necessary to join this cluster");
  }
  types::Node node = request.node;
  node.id = NewSwarmId();
  node.created_at = node.updated_at = NowText();
  node.manager_status.reset();
  if (node.spec.availability.empty()) node.spec.availability = "active";
  node.spec = {"", json::Map<std::string>::Empty(), "worker", node.spec.availability};
  Status valid = CheckNodeSpec(node.spec);
  if (!valid.ok()) return Refuse("InvalidArgument", valid.error().message());
  auto issued = SignCertificateRequest(cluster.root, request.certificate_request,
                                       {node.id, false, cluster.info.id},
                                       CertificateSeconds(cluster.info.spec));
  if (!issued.ok()) return Refuse("InvalidArgument", issued.error().message());
  BUOY_ASSIGN(node.description.tls_info, DescribeTls(cluster.root.certificate));
  node.status.state = "unknown";
  {
    std::lock_guard lock(update_mutex_);
    BUOY_TRY(store_->Commit({{NodeKey(node.id), EncodeNode(node), 0}}));
  }
  Publish("create", node);
  Expect(node.id, answer.heartbeat_period);
  answer.node_id = node.id;
  answer.certificate = *std::move(issued);
  return answer;
}

// That the node has the certificate is known when it shows it.
Result<NodeAnswer> Manager::AnswerRenewal(const NodeRequest& request, const ClusterRecord& cluster,
                                          NodeAnswer answer) {
  auto issued = SignCertificateRequest(cluster.root, request.certificate_request,
                                       {answer.node_id, false, cluster.info.id},
                                       CertificateSeconds(cluster.info.spec));
  if (!issued.ok()) return Refuse("InvalidArgument", issued.error().message());
  answer.certificate = *std::move(issued);
  return answer;
}

// What the node tells of itself and what its certificate shows; written only when it differs. Under
// update_mutex_.
Status Manager::TakeHeartbeat(const NodeRequest& request, const std::string& certificate,
                              types::Node node) {
  const std::string before = EncodeNode(node);
  auto tls = std::move(node.description.tls_info);
  node.description = request.node.description;
  node.description.tls_info = std::move(tls);
  node.status.addr = request.node.status.addr;
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  const std::string& root = cluster.root.certificate;
  const bool follows =
      node.description.tls_info.trust_root != root && ReadNodeCertificate(root, certificate).ok();
  if (follows) {
    BUOY_ASSIGN(node.description.tls_info, DescribeTls(root));
  }
  if (node.status.state != "ready") {
    BUOY_TRY(SetNodeState(std::move(node), "ready", ""));
  } else if (EncodeNode(node) != before) {
    BUOY_TRY(WriteNode(std::move(node)));
  }
  return follows ? FinishRootRotation() : Ok();
}

// Under update_mutex_.
Status Manager::WriteNode(types::Node node) {
  node.updated_at = NowText();
  const auto version = static_cast<int64_t>(node.version.index);
  BUOY_TRY(store_->Commit({{NodeKey(node.id), EncodeNode(node), version}}));
  return Ok();
}

Status Manager::SetNodeState(types::Node node, const std::string& state,
                             const std::string& message) {
  const std::string before = node.status.state;
  if (before == state) return Ok();
  node.status.state = state;
  node.status.message = message;
  BUOY_TRY(WriteNode(node));
  Publish("update", node, {{"state.old", before}, {"state.new", state}});
  return Ok();
}

void Manager::Expect(const std::string& node_id, int64_t period) {
  {
    std::lock_guard lock(keeper_mutex_);
    expected_[node_id] =
        std::chrono::steady_clock::now() + std::chrono::nanoseconds(period) * kGracePeriods;
  }
  keeper_wake_.notify_all();
}

void Manager::StopExpecting(const std::string& node_id) {
  std::lock_guard lock(keeper_mutex_);
  expected_.erase(node_id);
}

// A manager that starts has heard of nobody yet.
Status Manager::ForgetWhoIsThere() {
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  std::lock_guard lock(update_mutex_);
  BUOY_ASSIGN(auto nodes, Nodes());
  for (auto& node : nodes) {
    if (node.id == local_.node_id || node.status.state == "down") continue;
    Expect(node.id, HeartbeatPeriod(cluster));
    BUOY_TRY(SetNodeState(node, "unknown",
                          "Node moved to \"unknown\" state due to leadership change in cluster"));
  }
  return Ok();
}

void Manager::DeclareDown() {
  std::vector<std::string> late;
  {
    std::lock_guard lock(keeper_mutex_);
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [id, until] : expected_) {
      if (until < now) late.push_back(id);
    }
    for (const auto& id : late) expected_.erase(id);
  }
  for (const auto& id : late) {
    std::lock_guard lock(update_mutex_);
    auto entry = store_->Get(NodeKey(id));
    if (!entry.ok() || !*entry) continue;
    auto node = DecodeNode(**entry);
    if (!node.ok()) continue;
    const std::string message = node->status.state == "unknown"
                                    ? "heartbeat failure for node in \"unknown\" state"
                                    : "heartbeat failure";
    Status set = SetNodeState(*std::move(node), "down", message);
    if (!set.ok()) log::Error("cannot declare a node down", {{"error", set.error().message()}});
  }
}

// The former roots are trusted until no node needs them. Under update_mutex_.
Status Manager::FinishRootRotation() {
  BUOY_ASSIGN(ClusterRecord cluster, ReadCluster());
  if (cluster.former_roots.empty()) return Ok();
  BUOY_ASSIGN(auto nodes, Nodes());
  const bool done = std::all_of(nodes.begin(), nodes.end(), [&](const types::Node& node) {
    return node.description.tls_info.trust_root == cluster.root.certificate;
  });
  if (!done) return Ok();
  cluster.former_roots.clear();
  cluster.cross_certificates.clear();
  cluster.info.root_rotation_in_progress = false;
  const auto version = static_cast<int64_t>(cluster.info.version.index);
  BUOY_TRY(store_->Commit({{kClusterKey, EncodeCluster(cluster), version}}));
  BUOY_ASSIGN(NodeCredentials credentials, ServerCredentials(cluster));
  return server_ ? server_->SetCredentials(credentials) : Ok();
}

}  // namespace buoy::swarm
