#include "common/unix/netns.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/stat.h>

#include "common/unix/file.h"
#include "common/unix/mount.h"

namespace buoy {
namespace {

ino_t OwnNetns() {
  struct stat st {};
  stat("/proc/thread-self/ns/net", &st);
  return st.st_ino;
}

TEST(NetnsFile, IsAnotherNamespaceAndLeavesOursAlone) {
  const std::string path = testing::TempDir() + "/netns-create";
  const ino_t before = OwnNetns();
  {
    auto netns = NetnsFile::Create(path);
    ASSERT_TRUE(netns.ok()) << netns.error().message();
    EXPECT_EQ(OwnNetns(), before);
    ino_t inside = 0;
    ASSERT_TRUE(RunInNetns(netns->fd(), [&] {
                  inside = OwnNetns();
                  return Ok();
                }).ok());
    EXPECT_NE(inside, before);
    EXPECT_EQ(OwnNetns(), before);
    struct stat st {};
    ASSERT_EQ(stat(path.c_str(), &st), 0);
    EXPECT_EQ(st.st_ino, inside);
  }
  EXPECT_TRUE(NetnsFile::Open(path).ok());
  EXPECT_TRUE(NetnsFile::Remove(path).ok());
  EXPECT_TRUE(NetnsFile::Remove(path).ok());
  EXPECT_FALSE(PathExists(path));
  EXPECT_EQ(NetnsFile::Open(path).error().kind(), ErrorKind::kNotFound);
}

TEST(NetnsFile, AnExistingFileIsAnError) {
  const std::string path = testing::TempDir() + "/netns-existing";
  ASSERT_TRUE(WriteFileAtomic(path, "x").ok());
  EXPECT_FALSE(NetnsFile::Create(path).ok());
  EXPECT_EQ(NetnsFile::Open(path).error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(*ReadFile(path), "x");
  EXPECT_TRUE(NetnsFile::Remove(path).ok());
}

TEST(Mount, UnmountsUnlessReleased) {
  const std::string dir = testing::TempDir() + "/mount-owner";
  ASSERT_TRUE(MakeDirs(dir).ok());
  {
    auto mounted = Mount::Create("tmpfs", dir, "tmpfs", 0, "size=1m");
    ASSERT_TRUE(mounted.ok()) << mounted.error().message();
    ASSERT_TRUE(WriteFileAtomic(dir + "/file", "x").ok());
  }
  EXPECT_FALSE(PathExists(dir + "/file"));
  {
    auto mounted = Mount::Create("tmpfs", dir, "tmpfs", 0, "size=1m");
    ASSERT_TRUE(mounted.ok());
    ASSERT_TRUE(WriteFileAtomic(dir + "/file", "x").ok());
    mounted->release();
  }
  EXPECT_TRUE(PathExists(dir + "/file"));
  EXPECT_TRUE(Unmount(dir).ok());
  EXPECT_TRUE(Unmount(dir).ok());
  EXPECT_FALSE(PathExists(dir + "/file"));
}

}  // namespace
}  // namespace buoy
