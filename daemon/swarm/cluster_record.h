#pragma once

#include <string>

#include "common/result/result.h"
#include "common/types/node.h"
#include "common/types/swarm.h"
#include "daemon/swarm/cluster_store.h"
#include "daemon/swarm/root_ca.h"

// The swarm's objects as the store has them. Their version is the entry's revision.
namespace buoy::swarm {

inline constexpr char kClusterKey[] = "/cluster";
inline constexpr char kNodesPrefix[] = "/nodes/";

struct ClusterRecord {
  types::ClusterInfo info;
  KeyPair root;
  types::JoinTokens tokens;
  // While nodes have certificates of former roots: those roots (PEM, one after the other), and this
  // root signed by them.
  std::string former_roots, cross_certificates;
  std::string unlock_key;  // "SWMKEY-1-..."; "" = managers are not locked
};

std::string EncodeCluster(const ClusterRecord& record);
Result<ClusterRecord> DecodeCluster(const StoreEntry& entry);

// Now, as the records have times.
std::string NowText();

std::string NodeKey(const std::string& id);
std::string EncodeNode(types::Node node);
Result<types::Node> DecodeNode(const StoreEntry& entry);

// What the API shows of the root certificate.
Result<types::SwarmTlsInfo> DescribeTls(const std::string& root_certificate);

}  // namespace buoy::swarm
