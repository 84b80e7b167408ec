#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace buoy::state {

class Db;

// A prepared statement in use. Parameters are bound in order by Bind(); text is copied.
// Holds the database's lock, so keep it short-lived.
class Stmt {
 public:
  Stmt(Stmt&& other) noexcept;
  ~Stmt();

  Stmt& Bind(std::string_view text);
  Stmt& Bind(const char* text) { return Bind(std::string_view(text)); }
  Stmt& Bind(const std::string& text) { return Bind(std::string_view(text)); }
  Stmt& Bind(int64_t value);
  Stmt& Bind(int value) { return Bind(static_cast<int64_t>(value)); }
  Stmt& Bind(bool value) { return Bind(static_cast<int64_t>(value)); }
  Stmt& BindNull();

  // True = there is a row to read. Errors carry SQLite's text; a UNIQUE or FOREIGN KEY violation is
  // kConflict.
  Result<bool> Step();
  // For statements without rows.
  Status Run();

  std::string Text(int column) const;
  int64_t Int(int column) const;
  bool Bool(int column) const { return Int(column) != 0; }
  bool IsNull(int column) const;

 private:
  friend class Db;
  Stmt(Db* db, sqlite3_stmt* stmt, std::unique_lock<std::recursive_mutex> lock)
      : db_(db), stmt_(stmt), lock_(std::move(lock)) {}

  Db* db_;
  sqlite3_stmt* stmt_;
  int next_ = 1;
  std::unique_lock<std::recursive_mutex> lock_;
};

// The daemon's database: WAL, foreign keys, synchronous=NORMAL is not enough for what users are
// told is done, so FULL. One connection behind a recursive lock: the daemon writes little.
class Db {
 public:
  // Opens or creates `path` and applies the missing migrations, each in its own transaction.
  // A schema newer than this binary's is kUnavailable and leaves the file untouched.
  static Result<std::unique_ptr<Db>> Open(const std::string& path);
  // The schema of the database at `path` (0: there is none yet), which nothing is done to.
  // kUnavailable as in Open(). Another daemon may have it open.
  static Result<int> CheckSchema(const std::string& path);
  // What Open() brings a database to.
  static int KnownSchema();
  ~Db();

  // Prepares `sql` (one statement). A malformed statement is a bug: it shows as an error in Step().
  Stmt Prepare(std::string_view sql);
  // Runs statements without parameters or rows.
  Status Exec(const std::string& sql);
  // BEGIN IMMEDIATE ... COMMIT; rolled back when `body` fails. May be nested (inner = part of
  // outer).
  Status Transaction(const std::function<Status()>& body);
  int SchemaVersion();

 private:
  friend class Stmt;
  explicit Db(sqlite3* handle) : handle_(handle) {}
  Result<int> Supported(const std::string& path);
  Status Migrate(const std::string& path);
  Error LastError(const std::string& what) const;

  sqlite3* handle_;
  std::recursive_mutex mutex_;
  int depth_ = 0;  // of Transaction(), under mutex_
};

}  // namespace buoy::state
