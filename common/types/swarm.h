#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"

// The cluster: its spec, what init, join and unlock ask for.
namespace buoy::types {

struct ObjectVersion {
  uint64_t index = 0;
};

struct OrchestrationConfig {
  std::optional<int64_t> task_history_retention_limit;
};
struct RaftConfig {
  uint64_t snapshot_interval = 0;
  std::optional<uint64_t> keep_old_snapshots;
  uint64_t log_entries_for_slow_followers = 0;
  int election_tick = 0;
  int heartbeat_tick = 0;
};
struct DispatcherConfig {
  int64_t heartbeat_period = 0;  // ns
};
struct ExternalCa {
  std::string protocol;
  std::string url;
  json::Map<std::string> options;
  std::string ca_cert;
};
struct CaConfig {
  int64_t node_cert_expiry = 0;  // ns
  json::List<ExternalCa> external_cas;
  std::string signing_ca_cert, signing_ca_key;  // PEM; given by updates, never shown
  uint64_t force_rotate = 0;
};
struct EncryptionConfig {
  bool auto_lock_managers = false;
};

struct SwarmSpec {
  std::string name;
  json::Map<std::string> labels;
  OrchestrationConfig orchestration;
  RaftConfig raft;
  DispatcherConfig dispatcher;
  CaConfig ca_config;
  EncryptionConfig encryption_config;
};

struct SwarmTlsInfo {
  std::string trust_root;              // PEM
  std::string cert_issuer_subject;     // base64 of the DER name
  std::string cert_issuer_public_key;  // base64 of the DER key
};

struct ClusterInfo {
  std::string id;
  ObjectVersion version;
  std::string created_at, updated_at;
  SwarmSpec spec;
  SwarmTlsInfo tls_info;
  bool root_rotation_in_progress = false;
  json::List<std::string> default_addr_pool;
  uint32_t subnet_size = 0;
  uint32_t data_path_port = 0;
};

struct JoinTokens {
  std::string worker, manager;
};

// GET /swarm.
struct Swarm {
  ClusterInfo cluster;
  JoinTokens join_tokens;
};

struct SwarmInitRequest {
  std::string listen_addr, advertise_addr, data_path_addr;
  uint32_t data_path_port = 0;
  bool force_new_cluster = false;
  SwarmSpec spec;
  bool auto_lock_managers = false;
  std::string availability;
  json::List<std::string> default_addr_pool;
  uint32_t subnet_size = 0;
};

struct SwarmJoinRequest {
  std::string listen_addr, advertise_addr, data_path_addr;
  json::List<std::string> remote_addrs;
  std::string join_token;
  std::string availability;
};

// POST /swarm/unlock, GET /swarm/unlockkey.
struct SwarmUnlockKey {
  std::string unlock_key;
};

// RemoteManagers of /info.
struct SwarmPeer {
  std::string node_id, addr;
};

// The swarm's part of GET /info.
struct SwarmNodeInfo {
  std::string node_id;
  std::string node_addr;
  std::string local_node_state = "inactive";  // "active", "locked", "pending", "error"
  bool control_available = false;
  std::string error;
  json::List<SwarmPeer> remote_managers;
  int nodes = 0, managers = 0;
  std::optional<ClusterInfo> cluster;  // managers only
  std::vector<std::string> warnings;
};

}  // namespace buoy::types
