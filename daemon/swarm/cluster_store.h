#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.h"

namespace buoy::swarm {

// One key of the swarm's state.
struct StoreEntry {
  std::string key;
  std::string value;
  int64_t revision = 0;  // of the store when this was written; never 0, never reused
};

struct StoreWrite {
  std::string key;
  std::optional<std::string> value;  // nullopt = delete
  // The write happens only if the entry still is of this revision; 0 = there is no such entry.
  std::optional<int64_t> expected = std::nullopt;
};

// Where the swarm's state is. Thread-safe. A commit is durable when it returns, happens whole or
// not at all, and raises the store's revision by one.
class ClusterStore {
 public:
  virtual ~ClusterStore() = default;

  virtual Result<std::optional<StoreEntry>> Get(const std::string& key) = 0;
  // All entries whose key begins with `prefix`, in the order of their keys, as of one moment.
  virtual Result<std::vector<StoreEntry>> List(const std::string& prefix) = 0;
  // The revision that the entries have now. kConflict when one was not as expected.
  virtual Result<int64_t> Commit(const std::vector<StoreWrite>& writes) = 0;
};

}  // namespace buoy::swarm
