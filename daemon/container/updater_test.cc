#include "daemon/container/updater.h"

#include <gtest/gtest.h>

namespace buoy::container {
namespace {

TEST(MergeUpdate, TakesWhatIsSet) {
  types::HostConfig host;
  host.resources.memory = 64 << 20;
  host.resources.memory_swap = 128 << 20;
  types::ContainerUpdateRequest update;
  update.resources.memory = 100 << 20;
  update.resources.cpu_shares = 512;
  update.restart_policy = types::RestartPolicy{"always", 0};
  ASSERT_TRUE(MergeUpdate(update, host).ok());
  EXPECT_EQ(host.resources.memory, 100 << 20);
  EXPECT_EQ(host.resources.memory_swap, 128 << 20);
  EXPECT_EQ(host.resources.cpu_shares, 512);
  EXPECT_EQ(host.restart_policy.name, "always");
}

TEST(MergeUpdate, Conflicts) {
  types::HostConfig host;
  host.resources.cpu_quota = 5000;
  types::ContainerUpdateRequest update;
  update.resources.nano_cpus = 1;
  EXPECT_EQ(MergeUpdate(update, host).error().message(),
            "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
  types::HostConfig limited;
  limited.resources.memory_swap = 10;
  types::ContainerUpdateRequest more;
  more.resources.memory = 11;
  EXPECT_EQ(MergeUpdate(more, limited).error().kind(), ErrorKind::kConflict);
  types::HostConfig removing;
  removing.auto_remove = true;
  types::ContainerUpdateRequest policy;
  policy.restart_policy = types::RestartPolicy{"always", 0};
  EXPECT_EQ(MergeUpdate(policy, removing).error().message(),
            "Restart policy cannot be updated because AutoRemove is enabled for the container");
}

}  // namespace
}  // namespace buoy::container
