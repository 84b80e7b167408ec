// Needs root: really mounts a tmpfs volume.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/volume/mount_options.h"
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

}  // namespace
}  // namespace buoy::volume
