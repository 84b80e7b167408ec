#include "daemon/state/db.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace buoy::state {
namespace {

std::string TempPath(const char* name) {
  std::string path = std::string(::getenv("TEST_TMPDIR")) + "/" + name;
  std::remove(path.c_str());
  return path;
}

TEST(Db, MigratesOnceAndKeepsData) {
  std::string path = TempPath("a.db");
  {
    auto db = Db::Open(path);
    ASSERT_TRUE(db.ok()) << db.error().message();
    ASSERT_TRUE((*db)->Prepare("INSERT INTO meta VALUES (?, ?)").Bind("k").Bind("v").Run().ok());
  }
  auto db = Db::Open(path);
  ASSERT_TRUE(db.ok());
  Stmt stmt = (*db)->Prepare("SELECT value FROM meta WHERE key = ?");
  stmt.Bind("k");
  ASSERT_TRUE(*stmt.Step());
  EXPECT_EQ(stmt.Text(0), "v");
}

TEST(Db, RefusesANewerSchema) {
  std::string path = TempPath("b.db");
  {
    auto db = Db::Open(path);
    ASSERT_TRUE(db.ok());
    ASSERT_TRUE((*db)->Exec("PRAGMA user_version=999").ok());
  }
  auto db = Db::Open(path);
  ASSERT_FALSE(db.ok());
  EXPECT_EQ(db.error().kind(), ErrorKind::kUnavailable);
}

TEST(Db, RollsBackAFailedTransaction) {
  auto db = *Db::Open(TempPath("c.db"));
  Status status = db->Transaction([&]() -> Status {
    BUOY_TRY(db->Prepare("INSERT INTO meta VALUES ('a', 'b')").Run());
    return Conflict("no");
  });
  EXPECT_EQ(status.error().message(), "no");
  Stmt stmt = db->Prepare("SELECT count(*) FROM meta");
  ASSERT_TRUE(*stmt.Step());
  EXPECT_EQ(stmt.Int(0), 0);
}

TEST(Db, UniqueViolationIsAConflict) {
  auto db = *Db::Open(TempPath("d.db"));
  ASSERT_TRUE(db->Prepare("INSERT INTO meta VALUES ('a', 'b')").Run().ok());
  EXPECT_EQ(db->Prepare("INSERT INTO meta VALUES ('a', 'c')").Run().error().kind(),
            ErrorKind::kConflict);
}

}  // namespace
}  // namespace buoy::state
