#include "daemon/state/relaxed.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace buoy::state {
namespace {

class RelaxedTest : public testing::Test {
 protected:
  void SetUp() override {
    auto db = Db::Open(std::string(getenv("TEST_TMPDIR")) + "/" +
                       testing::UnitTest::GetInstance()->current_test_info()->name() + ".db");
    ASSERT_TRUE(db.ok());
    db_ = *std::move(db);
    ASSERT_TRUE(db_->Exec("CREATE TABLE t (mode INTEGER)").ok());
  }
  // 1 = NORMAL, 2 = FULL
  int64_t Mode() {
    auto stmt = db_->Prepare("PRAGMA synchronous");
    EXPECT_TRUE(stmt.Step().value_or(false));
    return stmt.Int(0);
  }
  int64_t Rows() {
    auto stmt = db_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(stmt.Step().value_or(false));
    return stmt.Int(0);
  }
  Status NoteMode() { return db_->Exec("INSERT INTO t VALUES (" + std::to_string(Mode()) + ")"); }

  std::unique_ptr<Db> db_;
};

TEST_F(RelaxedTest, OnlyItsOwnCommitIsNotSynced) {
  int64_t inside = 0;
  auto body = [&] {
    inside = Mode();
    return NoteMode();
  };
  ASSERT_TRUE(Transaction(*db_, Durability::kProcess, body).ok());
  EXPECT_EQ(inside, 1);
  EXPECT_EQ(Mode(), 2);
  ASSERT_TRUE(Transaction(*db_, Durability::kPowerLoss, body).ok());
  EXPECT_EQ(inside, 2);
  EXPECT_EQ(Rows(), 2);
}

TEST_F(RelaxedTest, AFailedOneLeavesNothingBehind) {
  auto failed = Transaction(*db_, Durability::kProcess, [&]() -> Status {
    BUOY_TRY(NoteMode());
    return Internal("no");
  });
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(Mode(), 2);
  EXPECT_EQ(Rows(), 0);
}

// The outer one is synced: it is not to be weakened by a part of it.
TEST_F(RelaxedTest, InsideOfASyncedOne) {
  int64_t inside = 0;
  auto outer = db_->Transaction([&] {
    return Transaction(*db_, Durability::kProcess, [&] {
      inside = Mode();
      return NoteMode();
    });
  });
  ASSERT_TRUE(outer.ok());
  EXPECT_EQ(inside, 2);
  EXPECT_EQ(Rows(), 1);
}

}  // namespace
}  // namespace buoy::state
