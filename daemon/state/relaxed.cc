#include "daemon/state/relaxed.h"

namespace buoy::state {

Status Transaction(Db& db, Durability durability, const std::function<Status()>& body) {
  if (durability == Durability::kPowerLoss) return db.Transaction(body);
  // A statement holds the database's lock: nobody else commits while syncing is off.
  const Stmt lock = db.Prepare("PRAGMA synchronous");
  // Refused inside of an outer transaction, whose durability counts.
  const bool relaxed = db.Exec("PRAGMA synchronous=NORMAL").ok();
  Status status = db.Transaction(body);
  if (relaxed) BUOY_TRY(db.Exec("PRAGMA synchronous=FULL"));
  return status;
}

}  // namespace buoy::state
