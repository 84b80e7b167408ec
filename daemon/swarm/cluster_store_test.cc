#include <stdlib.h>

#include <thread>
#include <vector>

#include "common/unix/file.h"
#include "daemon/swarm/cluster_store_contract.h"
#include "daemon/swarm/sqlite_store.h"

namespace buoy::swarm {
namespace {

const std::string kKey(32, 'k');

StoreUnderTest Sqlite() {
  return {"Sqlite", [](const std::string& folder) -> std::unique_ptr<ClusterStore> {
            auto store = SqliteStore::Open(folder + "/store.db", kKey);
            return store.ok() ? *std::move(store) : nullptr;
          }};
}

TEST_P(ClusterStoreContract, IsEmptyAtFirst) {
  EXPECT_EQ(Value("/a"), "(none)");
  EXPECT_EQ(Keys(""), "");
}

TEST_P(ClusterStoreContract, RevisionsRiseWithEveryCommitAndOutliveARestart) {
  const int64_t first = Put("/a", "1");
  const int64_t second = Put("/b", "2");
  EXPECT_GT(first, 0);
  EXPECT_EQ(second, first + 1);
  ASSERT_TRUE(store_->Commit({{"/b", std::nullopt}}).ok());
  Reopen();
  EXPECT_EQ(Value("/a"), "1");
  EXPECT_EQ(Value("/b"), "(none)");
  EXPECT_EQ((*store_->Get("/a"))->revision, first);
  EXPECT_EQ(Put("/b", "3"), second + 2);
}

TEST_P(ClusterStoreContract, ListsByPrefixInOrder) {
  ASSERT_TRUE(
      store_->Commit({{"/nodes/b", "2"}, {"/nodes/a", "1"}, {"/node", "x"}, {"/o", ""}}).ok());
  EXPECT_EQ(Keys("/nodes/"), "/nodes/a=1;/nodes/b=2;");
  EXPECT_EQ(Keys("/none"), "");
  EXPECT_EQ(Keys(""), "/node=x;/nodes/a=1;/nodes/b=2;/o=;");
}

TEST_P(ClusterStoreContract, CommitsWholeOrNotAtAll) {
  const int64_t revision = Put("/a", "1");
  auto refused = store_->Commit({{"/b", "2"}, {"/a", "2", revision + 1}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(Keys(""), "/a=1;");
  EXPECT_FALSE(store_->Commit({{"/a", "2", 0}}).ok()) << "it exists";
  EXPECT_FALSE(store_->Commit({{"/c", "2", revision}}).ok()) << "it does not exist";
  EXPECT_TRUE(store_->Commit({{"/c", "2", 0}, {"/a", std::nullopt, revision}}).ok());
  EXPECT_EQ(Keys(""), "/c=2;");
}

TEST_P(ClusterStoreContract, ValuesAreBytes) {
  const std::string bytes("\0\xff\n'\"", 5);
  Put("/a", bytes);
  Reopen();
  EXPECT_EQ(Value("/a"), bytes);
}

TEST_P(ClusterStoreContract, OneOfTwoWritersWins) {
  const int64_t revision = Put("/n", "0");
  std::vector<std::thread> writers;
  std::vector<int> won(8);
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      won[i] = store_->Commit({{"/n", std::to_string(i), revision}}).ok() ? 1 : 0;
    });
  }
  for (auto& writer : writers) writer.join();
  int winners = 0, winner = -1;
  for (int i = 0; i < 8; ++i) {
    if (won[i] != 0) ++winners, winner = i;
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(Value("/n"), std::to_string(winner));
}

INSTANTIATE_TEST_SUITE_P(Stores, ClusterStoreContract, testing::Values(Sqlite()),
                         [](const auto& info) { return info.param.name; });

class SqliteStoreTest : public ClusterStoreContract {};

TEST_P(SqliteStoreTest, KeepsNothingInTheClear) {
  Put("/a", "a secret that is long enough to be found");
  store_.reset();
  for (const char* file : {"/store.db", "/store.db-wal"}) {
    auto text = ReadFile(folder_ + file);
    EXPECT_EQ(std::move(text).value_or("").find("a secret that"), std::string::npos) << file;
  }
  auto other = SqliteStore::Open(folder_ + "/store.db", std::string(32, 'o'));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind(), ErrorKind::kUnauthorized);
}

INSTANTIATE_TEST_SUITE_P(Own, SqliteStoreTest, testing::Values(Sqlite()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace buoy::swarm
