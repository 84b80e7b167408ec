#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/node.h"
#include "common/types/swarm.h"

// What nodes ask a manager, and what it answers: one JSON text each.
namespace buoy::swarm {

inline constexpr char kAskRoot[] = "root";            // from anybody: the root certificate
inline constexpr char kAskJoin[] = "join";            // from who has a token: a certificate
inline constexpr char kAskRenew[] = "renew";          // from members: another certificate
inline constexpr char kAskHeartbeat[] = "heartbeat";  // from members
inline constexpr char kAskLeave[] = "leave";          // from members

struct NodeRequest {
  int64_t format = 1;
  std::string kind;
  std::string token;                // of a join
  std::string certificate_request;  // PEM; of a join and a renewal
  types::Node node;                 // of a join and a heartbeat: description, status.addr, spec
};

struct NodeAnswer {
  std::string error;       // "" = done
  std::string error_kind;  // "removed" where the node is none of the swarm's; else ""
  std::string node_id, certificate;
  std::string root;              // PEM, the swarm's now
  int64_t heartbeat_period = 0;  // ns
  std::vector<types::SwarmPeer> managers;
};

std::string EncodeRequest(const NodeRequest& request);
Result<NodeRequest> DecodeRequest(const std::string& text);
std::string EncodeAnswer(const NodeAnswer& answer);
Result<NodeAnswer> DecodeAnswer(const std::string& text);

}  // namespace buoy::swarm
