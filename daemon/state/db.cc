#include "daemon/state/db.h"

#include <sqlite3.h>

#include <utility>

#include "common/unix/file.h"
#include "daemon/state/migrations.h"

namespace buoy::state {

Stmt::Stmt(Stmt&& other) noexcept
    : db_(other.db_),
      stmt_(std::exchange(other.stmt_, nullptr)),
      next_(other.next_),
      lock_(std::move(other.lock_)) {}

Stmt::~Stmt() {
  if (stmt_ != nullptr) sqlite3_finalize(stmt_);
}

Stmt& Stmt::Bind(std::string_view text) {
  if (stmt_ != nullptr) {
    sqlite3_bind_text64(stmt_, next_++, text.data() == nullptr ? "" : text.data(), text.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return *this;
}

Stmt& Stmt::Bind(int64_t value) {
  if (stmt_ != nullptr) sqlite3_bind_int64(stmt_, next_++, value);
  return *this;
}

Stmt& Stmt::BindNull() {
  if (stmt_ != nullptr) sqlite3_bind_null(stmt_, next_++);
  return *this;
}

Result<bool> Stmt::Step() {
  if (stmt_ == nullptr) return db_->LastError("prepare");
  int rc = sqlite3_step(stmt_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return db_->LastError(sqlite3_sql(stmt_));
}

Status Stmt::Run() {
  BUOY_TRY(Step());
  return Ok();
}

std::string Stmt::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
  if (text == nullptr) return "";
  return std::string(text, static_cast<size_t>(sqlite3_column_bytes(stmt_, column)));
}

int64_t Stmt::Int(int column) const { return sqlite3_column_int64(stmt_, column); }

bool Stmt::IsNull(int column) const { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }

Result<std::unique_ptr<Db>> Db::Open(const std::string& path) {
  // First without any right to write: closing would move what is in the WAL.
  BUOY_TRY(CheckSchema(path));
  sqlite3* handle = nullptr;
  int rc =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Db> db(new Db(handle));
  if (rc != SQLITE_OK) return db->LastError("open " + path);
  sqlite3_busy_timeout(handle, 10'000);
  BUOY_TRY(db->Exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"));
  BUOY_TRY(db->Migrate(path));
  return db;
}

Db::~Db() { sqlite3_close_v2(handle_); }

Error Db::LastError(const std::string& what) const {
  int code = sqlite3_errcode(handle_);
  ErrorKind kind = (code & 0xff) == SQLITE_CONSTRAINT ? ErrorKind::kConflict : ErrorKind::kInternal;
  return Error(kind, "database: " + what + ": " + sqlite3_errmsg(handle_));
}

Stmt Db::Prepare(std::string_view sql) {
  std::unique_lock<std::recursive_mutex> lock(mutex_);
  sqlite3_stmt* stmt = nullptr;
  sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &stmt, nullptr);
  return Stmt(this, stmt, std::move(lock));
}

Status Db::Exec(const std::string& sql) {
  std::lock_guard<std::recursive_mutex> lock(mutex_);
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError(sql.substr(0, 60));
  }
  return Ok();
}

Status Db::Transaction(const std::function<Status()>& body) {
  std::lock_guard<std::recursive_mutex> lock(mutex_);
  if (depth_ > 0) return body();
  BUOY_TRY(Exec("BEGIN IMMEDIATE"));
  ++depth_;
  Status status = body();
  --depth_;
  if (status.ok()) {
    status = Exec("COMMIT");
    if (status.ok()) return status;
  }
  (void)Exec("ROLLBACK");
  return status;
}

int Db::SchemaVersion() {
  Stmt stmt = Prepare("PRAGMA user_version");
  auto row = stmt.Step();
  return row.ok() && *row ? static_cast<int>(stmt.Int(0)) : -1;
}

int Db::KnownSchema() { return static_cast<int>(Migrations().size()); }

Result<int> Db::Supported(const std::string& path) {
  const int have = SchemaVersion();
  if (have < 0) return LastError("read the schema version of " + path);
  if (have > KnownSchema()) {
    return Unavailable("the database " + path + " has schema " + std::to_string(have) +
                       ", newer than this daemon's " + std::to_string(KnownSchema()) +
                       ": it was written by a newer release");
  }
  return have;
}

Result<int> Db::CheckSchema(const std::string& path) {
  if (!PathExists(path)) return 0;
  sqlite3* handle = nullptr;
  const int rc = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  std::unique_ptr<Db> db(new Db(handle));
  if (rc != SQLITE_OK) return db->LastError("open " + path);
  sqlite3_busy_timeout(handle, 10'000);
  return db->Supported(path);
}

Status Db::Migrate(const std::string& path) {
  const auto& migrations = Migrations();
  BUOY_ASSIGN(const int have, Supported(path));
  const int want = KnownSchema();
  for (int next = have; next < want; ++next) {
    BUOY_TRY_CONTEXT(Transaction([&]() -> Status {
                       BUOY_TRY(Exec(migrations[static_cast<size_t>(next)]));
                       return Exec("PRAGMA user_version=" + std::to_string(next + 1));
                     }),
                     "migrating " + path + " to schema " + std::to_string(next + 1));
  }
  return Ok();
}

}  // namespace buoy::state
