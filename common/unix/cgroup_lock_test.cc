#include "common/unix/cgroup_lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/unix/file.h"

namespace buoy {
namespace {

// mount point and controller of every v1 hierarchy, "" for cgroup2.
std::vector<std::pair<std::string, std::string>> Hierarchies() {
  std::vector<std::pair<std::string, std::string>> found;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string device, point, type, options, rest; mounts >> device >> point >> type >> options;
       std::getline(mounts, rest)) {
    if (type == "cgroup2") found.emplace_back(point, "");
    if (type == "cgroup" && options.find("pids") != std::string::npos)
      found.emplace_back(point, "pids");
  }
  return found;
}

TEST(CgroupLock, OwnCgroupListsThisProcess) {
  size_t mine = 0;
  for (const auto& [mount, controller] : Hierarchies()) {
    auto procs = OwnCgroupProcs(mount, controller);
    if (!procs.ok()) continue;
    mine++;
    auto members = ReadFile(*procs);
    ASSERT_TRUE(members.ok());
    EXPECT_NE(("\n" + *members).find("\n" + std::to_string(getpid()) + "\n"), std::string::npos);
  }
  if (Hierarchies().empty()) GTEST_SKIP() << "no cgroups here";
  EXPECT_GT(mine, 0u);
}

TEST(CgroupLock, AFolderThatDoesNotListThisProcessIsRefused) {
  const std::string mount = testing::TempDir() + "/hierarchy";
  ASSERT_TRUE(MakeDirs(mount).ok());
  for (const std::string controller : {"pids", ""}) {
    EXPECT_FALSE(OwnCgroupProcs(mount, controller).ok());
    EXPECT_FALSE(OwnCgroupProcs(mount, "no such controller").ok());
  }
}

TEST(CgroupLock, ExpectingChangesNoCgroup) {
  const auto before = ReadFile("/proc/self/cgroup");
  for (const auto& [mount, controller] : Hierarchies()) ExpectCgroupAttach(mount, controller);
  ExpectCgroupAttach("/nowhere", "pids");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto after = ReadFile("/proc/self/cgroup");
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(*before, *after);
}

}  // namespace
}  // namespace buoy
