#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "daemon/swarm/cluster_store.h"

struct sqlite3;

namespace buoy::swarm {

// The store of a swarm with one manager: a SQLite file. Keys are in the clear, values are sealed
// with `data_key` (32 bytes), each to its key.
class SqliteStore : public ClusterStore {
 public:
  // Opens or creates. kUnauthorized when it was written with another data key.
  static Result<std::unique_ptr<SqliteStore>> Open(const std::string& path, std::string data_key);
  ~SqliteStore() override;

  Result<std::optional<StoreEntry>> Get(const std::string& key) override;
  Result<std::vector<StoreEntry>> List(const std::string& prefix) override;
  Result<int64_t> Commit(const std::vector<StoreWrite>& writes) override;

 private:
  SqliteStore(sqlite3* db, std::string data_key) : db_(db), data_key_(std::move(data_key)) {}
  Status Exec(const char* sql);
  Status CheckKey();
  Result<int64_t> CommitLocked(const std::vector<StoreWrite>& writes);
  Status WriteLocked(const StoreWrite& write, int64_t revision);
  Error LastError(const char* what) const;

  std::mutex mutex_;
  sqlite3* db_;
  const std::string data_key_;
};

}  // namespace buoy::swarm
