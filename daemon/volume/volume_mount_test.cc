// Needs root: really mounts a tmpfs volume.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/volume/mount_options.h"
#include "daemon/volume/mount_setup.h"
#include "daemon/volume/volume_store.h"

namespace buoy::volume {
namespace {

TEST(VolumeMount, FirstUserMountsLastUserUnmounts) {
  std::string base = std::string(getenv("TEST_TMPDIR")) + "/mntXXXXXX";
  std::string root = mkdtemp(base.data());
  auto db = std::move(state::Db::Open(root + "/buoy.db")).value();
  auto store = std::move(VolumeStore::Open(root, *db)).value();
  CreateVolume request;
  request.name = "memory";
  request.options = {{"type", "tmpfs"}, {"device", "tmpfs"}, {"o", "size=1m,noexec"}};
  ASSERT_TRUE(store->Create(request).ok());
  std::string path = store->Mountpoint("memory");
  EXPECT_FALSE(IsMountPoint(path));
  ASSERT_TRUE(store->Mount("memory", "c1").ok());
  ASSERT_TRUE(store->Mount("memory", "c2").ok());
  EXPECT_TRUE(IsMountPoint(path));
  EXPECT_FALSE(store->Remove("memory").ok());
  ASSERT_TRUE(store->Unmount("memory", "c1").ok());
  EXPECT_TRUE(IsMountPoint(path)) << "c2 still uses it";
  // The daemon restarts while c2 runs.
  store = std::move(VolumeStore::Open(root, *db)).value();
  store->RestoreMount("memory", "c2");
  ASSERT_TRUE(store->Mount("memory", "c3").ok());
  ASSERT_TRUE(store->Unmount("memory", "c3").ok());
  EXPECT_TRUE(IsMountPoint(path));
  ASSERT_TRUE(store->Unmount("memory", "c2").ok());
  EXPECT_FALSE(IsMountPoint(path));
  EXPECT_TRUE(store->Remove("memory").ok());
}

TEST(VolumeMount, ASubpathIsWhatWasThereNotWhatTheContainerPutsThere) {
  std::string base = std::string(getenv("TEST_TMPDIR")) + "/subXXXXXX";
  std::string root = mkdtemp(base.data());
  auto db = std::move(state::Db::Open(root + "/buoy.db")).value();
  auto store = std::move(VolumeStore::Open(root, *db)).value();
  CreateVolume request;
  request.name = "data";
  ASSERT_TRUE(store->Create(request).ok());
  std::string folder = store->Mountpoint("data");
  ASSERT_TRUE(MakeDirs(folder + "/in").ok());
  ASSERT_TRUE(WriteFileAtomic(folder + "/in/file", "inside").ok());
  ASSERT_EQ(symlink("in", (folder + "/alias").c_str()), 0);
  oci::MountPlan mount;
  mount.type = "volume";
  mount.name = "data";
  mount.destination = "/x";
  mount.subpath = "alias";
  MountScope scope{*store, nullptr, "c1", root + "/pins"};
  auto ready = SetUpMounts(scope, {mount});
  ASSERT_TRUE(ready.ok()) << ready.error().message();
  ASSERT_EQ(rename((folder + "/in").c_str(), (folder + "/moved").c_str()), 0);
  ASSERT_EQ(symlink("/etc", (folder + "/in").c_str()), 0);
  EXPECT_EQ(ReadFile(ready->at(0).source + "/file").value(), "inside");
  EXPECT_FALSE(RemoveAll(root + "/pins").ok()) << "nothing is deleted through a pin";
  EXPECT_TRUE(PathExists(folder + "/moved/file"));
  ASSERT_TRUE(TearDownMounts(scope, {mount}).ok());
  EXPECT_FALSE(PathExists(root + "/pins"));
  EXPECT_TRUE(PathExists(folder + "/moved/file"));
}

}  // namespace
}  // namespace buoy::volume
