#include "daemon/oci/user.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/unix/fd.h"
#include "common/unix/file.h"

namespace buoy::oci {
namespace {

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n# comment\napp:x:1000:1001::/home/app:/bin/sh\n"
    "1234:x:7:7::/seven:\n";
constexpr char kGroup[] = "root:x:0:\nstaff:x:50:app,other\napp:x:1001:\nwheel:x:10:root,app\n";

TEST(User, Resolves) {
  auto user = ResolveUserIn(kPasswd, kGroup, "app", {});
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->uid, 1000u);
  EXPECT_EQ(user->gid, 1001u);
  EXPECT_EQ(user->home, "/home/app");
  EXPECT_EQ(user->additional_gids, (std::vector<uint32_t>{1001, 50, 10}));
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "", {})->home, "/root");
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "1000:staff", {})->gid, 50u);
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "1234", {})->uid, 1234u) << "a number is never a name";
  EXPECT_EQ(ResolveUserIn("", "", "4242:4343", {})->gid, 4343u);
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "4242", {"staff", "77"})->additional_gids,
            (std::vector<uint32_t>{0, 50, 77}));
}

TEST(User, Errors) {
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "foo", {}).error().message(),
            "unable to find user foo: no matching entries in passwd file");
  EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, "app:nope", {}).error().message(),
            "unable to find group nope: no matching entries in group file");
  for (const char* bad : {"4294967296", "-1", "0:2147483648"}) {
    EXPECT_EQ(ResolveUserIn(kPasswd, kGroup, bad, {}).error().message(),
              "uids and gids must be in range 0-2147483647");
  }
}

TEST(User, HostileFilesNeitherBlockNorEscape) {
  std::string base = std::string(getenv("TEST_TMPDIR")) + "/rootXXXXXX";
  std::string root = mkdtemp(base.data());
  ASSERT_TRUE(MakeDirs(root + "/etc").ok());
  Fd fd(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  EXPECT_TRUE(ResolveUser(fd.get(), "0", {}).ok()) << "no files at all";
  ASSERT_EQ(mkfifo((root + "/etc/passwd").c_str(), 0666), 0);
  EXPECT_FALSE(ResolveUser(fd.get(), "root", {}).ok()) << "a FIFO would block for ever";
  unlink((root + "/etc/passwd").c_str());
  ASSERT_TRUE(WriteFileAtomic(root + "/outside", "evil:x:66:66::/:\n").ok());
  ASSERT_TRUE(MakeDirs(root + "/c/etc").ok());
  ASSERT_EQ(symlink("../../outside", (root + "/c/etc/passwd").c_str()), 0);
  Fd inner(open((root + "/c").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  EXPECT_FALSE(ResolveUser(inner.get(), "evil", {}).ok());
  ASSERT_TRUE(WriteFileAtomic(root + "/c/outside", "in:x:5:5::/:\n").ok());
  EXPECT_EQ(ResolveUser(inner.get(), "in", {})->uid, 5u) << "links inside the root work";
}

}  // namespace
}  // namespace buoy::oci
