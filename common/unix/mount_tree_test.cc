// Needs root: mounts in namespaces of its own.
#include "common/unix/mount_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/unix/file.h"
#include "common/unix/mount.h"

namespace buoy {
namespace {

std::string Folder(const char* name) {
  std::string base = std::string(getenv("TEST_TMPDIR")) + "/" + name + "XXXXXX";
  return mkdtemp(base.data());
}

std::string ReadAt(int root, const char* path) {
  Fd fd(openat(root, path, O_RDONLY | O_CLOEXEC));
  char text[64];
  ssize_t n = fd.valid() ? read(fd.get(), text, sizeof text) : -1;
  return n < 0 ? "" : std::string(text, static_cast<size_t>(n));
}

TEST(PrivateRoot, ShowsWhatIsMountedAndTellsNobody) {
  std::string root = Folder("root"), source = Folder("source");
  auto mounted = Mount::Create("tmpfs", root, "tmpfs", 0);
  ASSERT_TRUE(mounted.ok());
  ASSERT_TRUE(MakeDirs(root + "/run").ok());
  ASSERT_EQ(symlink("/run", (root + "/var").c_str()), 0);
  ASSERT_TRUE(WriteFileAtomic(source + "/file", "content").ok());
  ASSERT_EQ(symlink("../../../not/there", (root + "/broken").c_str()), 0);
  std::vector<PrivateRoot::Tree> trees(3);
  Fd folder = std::move(Open(source, O_PATH)).value();
  Fd file = std::move(Open(source + "/file", O_PATH)).value();
  trees[0] = {std::move(CloneTree(folder.get())).value(), "/var/made/here", true};
  trees[1] = {std::move(CloneTree(file.get())).value(), "/etc/made", false};
  trees[2] = {std::move(CloneTree(folder.get())).value(), "/broken/below", true};
  ASSERT_TRUE(MakeTreeReadOnly(trees[0].fd.get()).ok());
  auto view = PrivateRoot::Create(root, trees);
  ASSERT_TRUE(view.ok()) << view.error().message();
  EXPECT_EQ(ReadAt(view->root_fd(), "run/made/here/file"), "content") << "by the link, in the root";
  EXPECT_EQ(ReadAt(view->root_fd(), "etc/made"), "content");
  EXPECT_EQ(ReadAt(view->root_fd(), "not/there/below/file"), "content");
  EXPECT_LT(openat(view->root_fd(), "run/made/here/new", O_CREAT | O_WRONLY, 0600), 0);
  EXPECT_EQ(errno, EROFS);
  EXPECT_FALSE(PathExists(root + "/run/made/here/file")) << "the host sees no mount";
  EXPECT_TRUE(PathExists(root + "/run/made/here")) << "mount points stay";
  ASSERT_EQ(umount2(root.c_str(), MNT_DETACH), 0);
  EXPECT_EQ(ReadAt(view->root_fd(), "etc/made"), "content") << "it outlives the host's mount";
}

TEST(CloneTree, IsOfWhatWasOpenedNotOfThePath) {
  std::string base = Folder("base");
  ASSERT_TRUE(MakeDirs(base + "/good").ok());
  ASSERT_TRUE(WriteFileAtomic(base + "/good/file", "good").ok());
  ASSERT_TRUE(MakeDirs(base + "/target").ok());
  Fd good = std::move(Open(base + "/good", O_PATH)).value();
  ASSERT_EQ(rename((base + "/good").c_str(), (base + "/moved").c_str()), 0);
  ASSERT_EQ(symlink("/etc", (base + "/good").c_str()), 0);
  auto tree = CloneTree(good.get());
  ASSERT_TRUE(tree.ok());
  Fd target = std::move(Open(base + "/target", O_PATH)).value();
  ASSERT_TRUE(AttachTree(tree->get(), target.get()).ok());
  EXPECT_EQ(ReadFile(base + "/target/file").value(), "good");
  EXPECT_TRUE(Unmount(base + "/target").ok());
}

}  // namespace
}  // namespace buoy
