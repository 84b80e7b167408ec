#include "daemon/swarm/sqlite_store.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <string_view>

#include "daemon/swarm/seal.h"

namespace buoy::swarm {
namespace {

constexpr char kSchema[] = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS entries (
  key      TEXT PRIMARY KEY,
  value    BLOB NOT NULL,     -- sealed
  revision INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS store (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  format   INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  probe    BLOB               -- sealed; tells whether the data key is the right one
);
INSERT OR IGNORE INTO store (id, format, revision) VALUES (1, 1, 0);
)sql";
constexpr char kProbe[] = "swarm store";

// A statement in use.
class Query {
 public:
  Query(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &stmt_, nullptr); }
  ~Query() { sqlite3_finalize(stmt_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Text(std::string_view text) {
    sqlite3_bind_text(stmt_, ++bound_, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Query& Blob(std::string_view data) {
    sqlite3_bind_blob(stmt_, ++bound_, data.data(), static_cast<int>(data.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Query& Int(int64_t value) {
    sqlite3_bind_int64(stmt_, ++bound_, value);
    return *this;
  }
  // SQLITE_ROW, SQLITE_DONE or an error.
  int Step() { return stmt_ == nullptr ? SQLITE_ERROR : sqlite3_step(stmt_); }
  std::string Column(int column) const {
    const void* data = sqlite3_column_blob(stmt_, column);
    const int size = sqlite3_column_bytes(stmt_, column);
    return data == nullptr ? "" : std::string(static_cast<const char*>(data), size);
  }
  int64_t IntColumn(int column) const { return sqlite3_column_int64(stmt_, column); }
  bool IsNull(int column) const { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }

 private:
  sqlite3_stmt* stmt_ = nullptr;
  int bound_ = 0;
};

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                       std::string data_key) {
  sqlite3* db = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  std::unique_ptr<SqliteStore> store(new SqliteStore(db, std::move(data_key)));
  if (opened != SQLITE_OK) return store->LastError("open");
  chmod(path.c_str(), 0600);
  sqlite3_busy_timeout(db, 5'000);
  BUOY_TRY(store->Exec(kSchema));
  BUOY_TRY(store->CheckKey());
  return store;
}

SqliteStore::~SqliteStore() { sqlite3_close(db_); }

Error SqliteStore::LastError(const char* what) const {
  return Internal(std::string("swarm store: cannot ") + what + ": " + sqlite3_errmsg(db_));
}

Status SqliteStore::Exec(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return LastError("write");
  return Ok();
}

Status SqliteStore::CheckKey() {
  Query query(db_, "SELECT format, probe FROM store");
  if (query.Step() != SQLITE_ROW) return LastError("read");
  if (query.IntColumn(0) != 1) return Unavailable("the swarm store is of a newer release");
  if (!query.IsNull(1)) {
    BUOY_TRY(Unseal(data_key_, kProbe, query.Column(1)));
    return Ok();
  }
  BUOY_ASSIGN(std::string probe, Seal(data_key_, kProbe, kProbe));
  Query update(db_, "UPDATE store SET probe = ?");
  if (update.Blob(probe).Step() != SQLITE_DONE) return LastError("write");
  return Ok();
}

Result<std::optional<StoreEntry>> SqliteStore::Get(const std::string& key) {
  std::lock_guard lock(mutex_);
  Query query(db_, "SELECT value, revision FROM entries WHERE key = ?");
  const int step = query.Text(key).Step();
  if (step == SQLITE_DONE) return std::optional<StoreEntry>();
  if (step != SQLITE_ROW) return LastError("read");
  BUOY_ASSIGN(std::string value, Unseal(data_key_, key, query.Column(0)));
  return std::optional<StoreEntry>({key, std::move(value), query.IntColumn(1)});
}

Result<std::vector<StoreEntry>> SqliteStore::List(const std::string& prefix) {
  std::lock_guard lock(mutex_);
  std::vector<StoreEntry> entries;
  Query query(db_,
              "SELECT key, value, revision FROM entries WHERE key >= ?1 AND "
              "substr(CAST(key AS BLOB), 1, length(CAST(?1 AS BLOB))) = CAST(?1 AS BLOB) "
              "ORDER BY key");
  query.Text(prefix);
  int step = 0;
  while ((step = query.Step()) == SQLITE_ROW) {
    std::string key = query.Column(0);
    BUOY_ASSIGN(std::string value, Unseal(data_key_, key, query.Column(1)));
    entries.push_back({std::move(key), std::move(value), query.IntColumn(2)});
  }
  if (step != SQLITE_DONE) return LastError("read");
  return entries;
}

Result<int64_t> SqliteStore::Commit(const std::vector<StoreWrite>& writes) {
  std::lock_guard lock(mutex_);
  BUOY_TRY(Exec("BEGIN IMMEDIATE"));
  Result<int64_t> revision = CommitLocked(writes);
  if (!revision.ok()) {
    (void)Exec("ROLLBACK");
    return revision;
  }
  Status committed = Exec("COMMIT");
  if (!committed.ok()) {
    (void)Exec("ROLLBACK");
    return std::move(committed).error();
  }
  return revision;
}

Result<int64_t> SqliteStore::CommitLocked(const std::vector<StoreWrite>& writes) {
  Query next(db_, "UPDATE store SET revision = revision + 1 RETURNING revision");
  if (next.Step() != SQLITE_ROW) return LastError("write");
  const int64_t revision = next.IntColumn(0);
  // All expectations are about the state before this commit.
  for (const StoreWrite& write : writes) {
    if (!write.expected) continue;
    Query query(db_, "SELECT revision FROM entries WHERE key = ?");
    const int step = query.Text(write.key).Step();
    if (step != SQLITE_ROW && step != SQLITE_DONE) return LastError("read");
    const int64_t found = step == SQLITE_ROW ? query.IntColumn(0) : 0;
    if (found != *write.expected) return Conflict("update out of sequence");
  }
  for (const StoreWrite& write : writes) BUOY_TRY(WriteLocked(write, revision));
  return revision;
}

Status SqliteStore::WriteLocked(const StoreWrite& write, int64_t revision) {
  if (!write.value) {
    Query query(db_, "DELETE FROM entries WHERE key = ?");
    if (query.Text(write.key).Step() != SQLITE_DONE) return LastError("write");
    return Ok();
  }
  BUOY_ASSIGN(std::string sealed, Seal(data_key_, write.key, *write.value));
  Query query(db_,
              "INSERT INTO entries (key, value, revision) VALUES (?, ?, ?) ON CONFLICT (key) DO "
              "UPDATE SET value = excluded.value, revision = excluded.revision");
  if (query.Text(write.key).Blob(sealed).Int(revision).Step() != SQLITE_DONE) {
    return LastError("write");
  }
  return Ok();
}

}  // namespace buoy::swarm
