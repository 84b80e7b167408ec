#include "daemon/system/host_info.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/system/system_service.h"

namespace buoy::system {
namespace {

TEST(OsRelease, TakesQuotesAway) {
  const std::string text = "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID='12'\n";
  EXPECT_EQ(OsReleaseValue(text, "PRETTY_NAME"), "Debian GNU/Linux 12");
  EXPECT_EQ(OsReleaseValue(text, "VERSION_ID"), "12");
  EXPECT_EQ(OsReleaseValue(text, "NAME"), "Debian");
  EXPECT_EQ(OsReleaseValue(text, "ID"), "");
}

TEST(HostInfo, KnowsThisMachine) {
  HostInfo info = ReadHostInfo();
  EXPECT_FALSE(info.kernel_version.empty());
  EXPECT_GE(info.cpus, 1);
  EXPECT_GT(info.memory, 1 << 20);
  EXPECT_GT(OpenDescriptors(), 2);
  EXPECT_GE(Threads(), 1);
}

TEST(EngineId, IsMadeOnceAndKept) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "engine-id";
  std::filesystem::remove(path);
  auto first = EngineId(path);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size(), 36u);
  EXPECT_EQ((*first)[14], '4');
  auto second = EngineId(path);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
}

TEST(Registries, LoopbackIsAlwaysInsecureAndMirrorsBelongToTheHub) {
  auto registries = DescribeRegistries({"10.0.0.0/8", "reg.local:5000"}, {"https://mirror.local"});
  ASSERT_EQ(registries.insecure_registry_cidrs.size(), 3u);
  EXPECT_EQ(registries.insecure_registry_cidrs[0], "10.0.0.0/8");
  EXPECT_FALSE(registries.index_configs["reg.local:5000"].secure);
  EXPECT_TRUE(registries.index_configs["docker.io"].official);
  EXPECT_EQ(registries.mirrors[0], "https://mirror.local/");
}

}  // namespace
}  // namespace buoy::system
