#pragma once

// Fields() of swarm.h.
#include "common/json/codec.h"
#include "common/types/swarm.h"

namespace buoy::types {

template <class V>
void Fields(V& v, ObjectVersion& s) {
  v("Index", s.index, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, OrchestrationConfig& s) {
  v("TaskHistoryRetentionLimit", s.task_history_retention_limit, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, RaftConfig& s) {
  v("SnapshotInterval", s.snapshot_interval, json::kOmitEmpty);
  v("KeepOldSnapshots", s.keep_old_snapshots, json::kOmitEmpty);
  v("LogEntriesForSlowFollowers", s.log_entries_for_slow_followers, json::kOmitEmpty);
  v("ElectionTick", s.election_tick);
  v("HeartbeatTick", s.heartbeat_tick);
}
template <class V>
void Fields(V& v, DispatcherConfig& s) {
  v("HeartbeatPeriod", s.heartbeat_period, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ExternalCa& s) {
  v("Protocol", s.protocol);
  v("URL", s.url);
  v("Options", s.options, json::kOmitEmpty);
  v("CACert", s.ca_cert);
}
template <class V>
void Fields(V& v, CaConfig& s) {
  v("NodeCertExpiry", s.node_cert_expiry, json::kOmitEmpty);
  v("ExternalCAs", s.external_cas, json::kOmitEmpty);
  v("SigningCACert", s.signing_ca_cert, json::kOmitEmpty);
  v("SigningCAKey", s.signing_ca_key, json::kOmitEmpty);
  v("ForceRotate", s.force_rotate, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, EncryptionConfig& s) {
  v("AutoLockManagers", s.auto_lock_managers);
}
template <class V>
void Fields(V& v, SwarmSpec& s) {
  v.Type("Spec");
  json::Map<std::string> no_task_defaults = json::Map<std::string>::Empty();
  v("Name", s.name, json::kOmitEmpty);
  v("Labels", s.labels);
  v("Orchestration", s.orchestration);
  v("Raft", s.raft);
  v("Dispatcher", s.dispatcher);
  v("CAConfig", s.ca_config);
  if constexpr (std::is_same_v<V, json::StructEncoder>) v("TaskDefaults", no_task_defaults);
  v("EncryptionConfig", s.encryption_config);
}
template <class V>
void Fields(V& v, SwarmTlsInfo& s) {
  v("TrustRoot", s.trust_root, json::kOmitEmpty);
  v("CertIssuerSubject", s.cert_issuer_subject, json::kOmitEmpty);
  v("CertIssuerPublicKey", s.cert_issuer_public_key, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ClusterInfo& s) {
  v("ID", s.id);
  v("Version", s.version);
  v("CreatedAt", s.created_at);
  v("UpdatedAt", s.updated_at);
  v("Spec", s.spec);
  v("TLSInfo", s.tls_info);
  v("RootRotationInProgress", s.root_rotation_in_progress);
  v("DefaultAddrPool", s.default_addr_pool);
  v("SubnetSize", s.subnet_size);
  v("DataPathPort", s.data_path_port);
}
template <class V>
void Fields(V& v, JoinTokens& s) {
  v("Worker", s.worker);
  v("Manager", s.manager);
}
template <class V>
void Fields(V& v, Swarm& s) {
  Fields(v, s.cluster);
  v("JoinTokens", s.join_tokens);
}
template <class V>
void Fields(V& v, SwarmInitRequest& s) {
  v.Type("InitRequest");
  v("ListenAddr", s.listen_addr);
  v("AdvertiseAddr", s.advertise_addr);
  v("DataPathAddr", s.data_path_addr);
  v("DataPathPort", s.data_path_port);
  v("ForceNewCluster", s.force_new_cluster);
  v("Spec", s.spec);
  v("AutoLockManagers", s.auto_lock_managers);
  v("Availability", s.availability);
  v("DefaultAddrPool", s.default_addr_pool);
  v("SubnetSize", s.subnet_size);
}
template <class V>
void Fields(V& v, SwarmJoinRequest& s) {
  v.Type("JoinRequest");
  v("ListenAddr", s.listen_addr);
  v("AdvertiseAddr", s.advertise_addr);
  v("DataPathAddr", s.data_path_addr);
  v("RemoteAddrs", s.remote_addrs);
  v("JoinToken", s.join_token);
  v("Availability", s.availability);
}
template <class V>
void Fields(V& v, SwarmUnlockKey& s) {
  v.Type("UnlockRequest");
  v("UnlockKey", s.unlock_key);
}
template <class V>
void Fields(V& v, SwarmPeer& s) {
  v("NodeID", s.node_id);
  v("Addr", s.addr);
}
template <class V>
void Fields(V& v, SwarmNodeInfo& s) {
  v("NodeID", s.node_id);
  v("NodeAddr", s.node_addr);
  v("LocalNodeState", s.local_node_state);
  v("ControlAvailable", s.control_available);
  v("Error", s.error);
  v("RemoteManagers", s.remote_managers);
  v("Nodes", s.nodes, json::kOmitEmpty);
  v("Managers", s.managers, json::kOmitEmpty);
  v("Cluster", s.cluster, json::kOmitEmpty);
  v("Warnings", s.warnings, json::kOmitEmpty);
}

}  // namespace buoy::types
