#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/network.h"
#include "daemon/network/records.h"
#include "daemon/state/db.h"

namespace buoy::network {

// The tables `networks` and `endpoints`. Writes take part in the caller's transaction.
class NetworkStore {
 public:
  explicit NetworkStore(state::Db& db) : db_(db) {}

  Result<std::vector<types::NetworkResource>> LoadNetworks();
  Result<std::vector<EndpointRecord>> LoadEndpoints();

  Status PutNetwork(const types::NetworkResource& network);
  Status DeleteNetwork(const std::string& id);  // with its endpoints
  // Inserts, or replaces the row of the same network and container.
  Status PutEndpoint(const EndpointRecord& endpoint);
  Status DeleteEndpoint(const std::string& network_id, const std::string& container_id);

  state::Db& db() { return db_; }

 private:
  state::Db& db_;
};

}  // namespace buoy::network
