#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "daemon/swarm/cluster_store.h"

// What every ClusterStore does. Instantiate with INSTANTIATE_TEST_SUITE_P in the test of an
// implementation; the parameter makes an empty store, and `Reopen` is what a restart does.
namespace buoy::swarm {

struct StoreUnderTest {
  std::string name;
  // Opens the store in this folder, which is empty at first.
  std::function<std::unique_ptr<ClusterStore>(const std::string& folder)> open;
};

class ClusterStoreContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override {
    const char* base = getenv("TEST_TMPDIR");
    folder_ = std::string(base == nullptr ? "/tmp" : base) + "/store.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    Reopen();
  }
  void Reopen() {
    store_.reset();
    store_ = GetParam().open(folder_);
    ASSERT_NE(store_, nullptr);
  }
  int64_t Put(const std::string& key, const std::string& value) {
    auto revision = store_->Commit({{key, value}});
    EXPECT_TRUE(revision.ok()) << revision.error().message();
    return revision.ok() ? *revision : 0;
  }
  std::string Value(const std::string& key) {
    auto entry = store_->Get(key);
    EXPECT_TRUE(entry.ok()) << entry.error().message();
    return entry.ok() && *entry ? (*entry)->value : "(none)";
  }
  std::string Keys(const std::string& prefix) {
    auto entries = store_->List(prefix);
    EXPECT_TRUE(entries.ok()) << entries.error().message();
    std::string keys;
    for (const auto& entry : *entries) keys += entry.key + "=" + entry.value + ";";
    return keys;
  }

  std::string folder_;
  std::unique_ptr<ClusterStore> store_;
};

}  // namespace buoy::swarm
