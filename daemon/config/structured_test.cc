#include "daemon/config/structured.h"

#include <gtest/gtest.h>

namespace buoy::config {
namespace {

TEST(Structured, Pool) {
  EXPECT_EQ(SplitPool("base=172.30.0.0/16,size=24").base, "172.30.0.0/16");
  EXPECT_EQ(SplitPool("base=172.30.0.0/16,size=24").size, 24);
  EXPECT_EQ(SplitPool("nonsense").base, "");
}

TEST(Structured, Ulimit) {
  EXPECT_EQ(SplitUlimit("1024:-1").soft, 1024);
  EXPECT_EQ(SplitUlimit("1024:-1").hard, -1);
  EXPECT_EQ(SplitUlimit("64").hard, 64);
}

TEST(Structured, Runtime) {
  RuntimeEntry entry = SplitRuntime(R"({"path":"/usr/bin/runc","runtimeArgs":["--debug"]})");
  EXPECT_EQ(entry.path, "/usr/bin/runc");
  ASSERT_EQ(entry.args.size(), 1u);
  EXPECT_EQ(entry.args[0], "--debug");
  EXPECT_EQ(SplitRuntime("[").path, "");
}

}  // namespace
}  // namespace buoy::config
