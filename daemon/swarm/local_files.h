#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/swarm.h"

// What a node keeps of its swarm, in <data-root>/swarm:
//   docker-state.json                  how it became a member; while it is not there, there is no
//                                      membership, whatever else is left
//   certificates/swarm-root-ca.crt     whom to trust
//   certificates/swarm-node.crt        who it is
//   keys.json                          the node's key and the store's data key; sealed with the
//                                      unlock key when managers are locked
//   store.db                           the swarm's state (a manager's)
namespace buoy::swarm {

struct LocalState {
  std::string node_id;
  std::string local_addr, listen_addr, advertise_addr, data_path_addr;
  std::string role;                        // "" = manager, "worker"
  std::vector<types::SwarmPeer> managers;  // a worker's: whom it asks
};

struct NodeKeys {
  std::string data_key;  // 32 bytes
  std::string node_key;  // PEM
};

class LocalFiles {
 public:
  explicit LocalFiles(std::string folder) : folder_(std::move(folder)) {}

  bool IsMember() const;
  Status MakeFolders() const;
  Status SaveState(const LocalState& state) const;
  Result<LocalState> LoadState() const;

  // `unlock_key` is "SWMKEY-1-..." or "" for in the clear.
  Status SaveKeys(const NodeKeys& keys, const std::string& unlock_key) const;
  // kUnauthorized when they are locked and this is not their key.
  Result<NodeKeys> LoadKeys(const std::string& unlock_key) const;
  Result<bool> KeysLocked() const;

  Status SaveCertificates(const std::string& root, const std::string& node) const;
  Result<std::string> NodeCertificate() const;
  Result<std::string> RootCertificate() const;

  // Ends the membership: the folder is empty afterwards, but still the same folder.
  Status Clear() const;

  std::string Store() const { return folder_ + "/store.db"; }

 private:
  std::string State() const { return folder_ + "/docker-state.json"; }
  std::string Keys() const { return folder_ + "/keys.json"; }
  std::string Certificates() const { return folder_ + "/certificates"; }

  std::string folder_;
};

}  // namespace buoy::swarm
