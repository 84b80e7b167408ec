#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/container/container_data.h"
#include "daemon/state/relaxed.h"

namespace buoy::container {

// The `containers` table. Thread-safe, as the database is.
class ContainerStore {
 public:
  explicit ContainerStore(state::Db& db) : db_(db) {}

  // kConflict when the name is taken.
  Status Insert(const ContainerData& data);
  // Everything but id and creation time.
  Status Save(const ContainerData& data,
              state::Durability durability = state::Durability::kPowerLoss);
  // Only the columns of the state.
  Status SaveState(const ContainerData& data,
                   state::Durability durability = state::Durability::kPowerLoss);
  // The row that the machine's sudden end brings back says that its removal has begun, and recovery
  // finishes it.
  Status Delete(const std::string& id);

  struct Loaded {
    std::vector<ContainerData> containers;
    // Rows this release cannot read, with the reason: to be logged and left alone.
    std::vector<std::string> unreadable;
  };
  Result<Loaded> LoadAll();

  state::Db& db() { return db_; }

 private:
  state::Db& db_;
};

}  // namespace buoy::container
