#include "daemon/oci/runtime_cache.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/unix/file.h"

namespace buoy::oci {
namespace {

class RuntimeCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "runtime-cache";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    binary_ = folder_ / "crun";
    ASSERT_TRUE(WriteFileAtomic(binary_, "one").ok());
  }
  std::string File() const { return folder_ / "cache"; }
  std::filesystem::path folder_;
  std::string binary_;
};

TEST_F(RuntimeCacheTest, FactsSurvive) {
  RuntimeCache cache = RuntimeCache::Load(File());
  EXPECT_FALSE(cache.Find(binary_));
  cache.Put(binary_, {"1.8", "abc", true, true, "hybrid"});
  cache.Save();
  auto found = RuntimeCache::Load(File()).Find(binary_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->version, "1.8");
  EXPECT_EQ(found->commit, "abc");
  EXPECT_TRUE(found->recursive_read_only);
  EXPECT_TRUE(found->probed);
  EXPECT_EQ(found->probe_failure, "hybrid");
}

TEST_F(RuntimeCacheTest, AnotherBinaryUnderTheSamePathIsAskedAnew) {
  RuntimeCache cache = RuntimeCache::Load(File());
  cache.Put(binary_, {"1.8", "", false, false, ""});
  cache.Save();
  ASSERT_TRUE(WriteFileAtomic(binary_, "another").ok());
  EXPECT_FALSE(RuntimeCache::Load(File()).Find(binary_));
}

TEST_F(RuntimeCacheTest, ADamagedCacheIsEmpty) {
  for (const char* text : {"", "{", "[]", R"({"format":2})", R"({"format":1,"runtimes":{"a":1}})",
                           R"({"format":1,"runtimes":{"a":{"version":7}}})"}) {
    ASSERT_TRUE(WriteFileAtomic(File(), text).ok());
    EXPECT_FALSE(RuntimeCache::Load(File()).Find(binary_)) << text;
  }
}

}  // namespace
}  // namespace buoy::oci
