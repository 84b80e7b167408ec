#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/server/backend/filters.h"
#include "common/result/result.h"
#include "common/types/node.h"
#include "common/types/swarm.h"

// What the API asks of the swarm. Thread-safe. Where the node is no manager: kUnavailable.
namespace buoy::api {

struct SwarmUpdateOptions {
  uint64_t version = 0;  // of the cluster that the caller has seen
  bool rotate_worker_token = false, rotate_manager_token = false;
  bool rotate_manager_unlock_key = false;
};

class SwarmBackend {
 public:
  virtual ~SwarmBackend() = default;

  // What /info says of it; never fails.
  virtual types::SwarmNodeInfo Info() = 0;
  // The new node's ID.
  virtual Result<std::string> Init(types::SwarmInitRequest request) = 0;
  virtual Status Join(types::SwarmJoinRequest request) = 0;
  virtual Status Leave(bool force) = 0;
  virtual Result<types::Swarm> Inspect() = 0;
  virtual Status Update(types::SwarmSpec spec, const SwarmUpdateOptions& options) = 0;
  virtual Status Unlock(const std::string& key) = 0;
  // "" = managers are not locked.
  virtual Result<std::string> UnlockKey() = 0;

  virtual Result<std::vector<types::Node>> Nodes(const Filters& filters) = 0;
  // By ID, name or the beginning of an ID.
  virtual Result<types::Node> InspectNode(const std::string& ref) = 0;
  virtual Status UpdateNode(const std::string& ref, uint64_t version, types::NodeSpec spec) = 0;
  virtual Status RemoveNode(const std::string& ref, bool force) = 0;

  // OK when this node may be asked about services and tasks; there are none of them yet.
  virtual Status CheckManager() = 0;
};

}  // namespace buoy::api
