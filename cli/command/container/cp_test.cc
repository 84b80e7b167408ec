#include <gtest/gtest.h>

#include "cli/command/container/cp_path.h"

namespace buoy::cli::cp {
namespace {

TEST(CpPathTest, Operand) {
  EXPECT_EQ(ParseOperand("c:/a").container, "c");
  EXPECT_EQ(ParseOperand("c:/a:b").path, "/a:b");
  EXPECT_EQ(ParseOperand("/a:b").container, "");
  EXPECT_EQ(ParseOperand("./a:b").container, "");
  EXPECT_EQ(ParseOperand("-").path, "-");
}

TEST(CpPathTest, Clean) {
  EXPECT_EQ(Clean("/a//b/../c/."), "/a/c");
  EXPECT_EQ(Clean("/../a"), "/a");
  EXPECT_EQ(Clean("../a"), "../a");
  EXPECT_EQ(Clean(""), ".");
  EXPECT_EQ(KeepTrail("/a", "a/."), "/a/.");
  EXPECT_EQ(KeepTrail("/a", "a/"), "/a/");
}

TEST(CpPathTest, FileOntoFolderKeepsItsName) {
  auto placed = Place({"/etc/hosts", false, ""}, {"/tmp", true, true});
  ASSERT_TRUE(placed.ok());
  EXPECT_EQ(placed->dir, "/tmp");
  EXPECT_FALSE(placed->renames());
}

TEST(CpPathTest, FileOntoNewName) {
  auto placed = Place({"/etc/hosts", false, ""}, {"/tmp/x", false, false});
  ASSERT_TRUE(placed.ok());
  EXPECT_EQ(placed->dir, "/tmp");
  EXPECT_EQ(Rebase("hosts", placed->old_base, placed->new_base), "x");
}

TEST(CpPathTest, ContentOfFolderIntoNewFolder) {
  auto placed = Place({"/etc/.", true, ""}, {"/tmp/new", false, false});
  ASSERT_TRUE(placed.ok());
  EXPECT_EQ(placed->dir, "/tmp");
  EXPECT_EQ(Rebase("./a/b", placed->old_base, placed->new_base), "new/a/b");
}

TEST(CpPathTest, Refusals) {
  EXPECT_EQ(Place({"/etc", true, ""}, {"/tmp/file", true, false}).error().message(),
            "cannot copy directory");
  EXPECT_EQ(Place({"/etc/hosts", false, ""}, {"/tmp/new/", false, false}).error().message(),
            "no such directory");
}

}  // namespace
}  // namespace buoy::cli::cp
