#include <gtest/gtest.h>

#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/oci/cgroup_layout.h"
#include "daemon/oci/stats.h"

namespace buoy::oci {
namespace {

constexpr char kV1[] =
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
constexpr char kUnified[] =
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr char kV2[] = "41 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(Cgroup, Layouts) {
  auto v1 = DetectCgroups(kV1, "");
  EXPECT_EQ(v1.mode, CgroupMode::kV1);
  EXPECT_EQ(v1.v1.at("cpuacct"), "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_TRUE(v1.Has("memory"));
  EXPECT_FALSE(v1.Has("name=systemd"));
  auto hybrid = DetectCgroups(std::string(kV1) + kUnified, "");
  EXPECT_EQ(hybrid.mode, CgroupMode::kHybrid);
  EXPECT_STREQ(hybrid.version(), "1");
  auto v2 = DetectCgroups(kV2, "cpuset cpu io memory pids\n");
  EXPECT_EQ(v2.mode, CgroupMode::kV2);
  EXPECT_TRUE(v2.Has("blkio"));
  EXPECT_EQ(DetectCgroups("", "").mode, CgroupMode::kNone);
}

TEST(Cgroup, Paths) {
  auto v1 = DetectCgroups(kV1, "");
  EXPECT_EQ(ContainerCgroup(v1, "/docker/abc").memory, "/sys/fs/cgroup/memory/docker/abc");
  EXPECT_EQ(ContainerCgroup(v1, "/docker/abc").pids, "");
  auto v2 = DetectCgroups(kV2, "");
  EXPECT_EQ(ContainerCgroup(v2, "a-b.slice:docker:abc").cpu,
            "/sys/fs/cgroup/a.slice/a-b.slice/docker-abc.scope");
  EXPECT_EQ(CgroupsPathFor("", false, "abc"), "/docker/abc");
  EXPECT_EQ(CgroupsPathFor("/mine/", false, "abc"), "/mine/abc");
  EXPECT_EQ(CgroupsPathFor("", true, "abc"), "system.slice:docker:abc");
}

TEST(Cgroup, CpuLists) {
  EXPECT_EQ(ParseCpuList("0-2,7").value(), (std::set<int>{0, 1, 2, 7}));
  for (const char* bad : {"x", "2-1", "1,", "-1", "1-", "99999"}) {
    EXPECT_FALSE(ParseCpuList(bad).ok()) << bad;
  }
}

TEST(Cgroup, StatsOfBothVersions) {
  std::string base = std::string(getenv("TEST_TMPDIR")) + "/cgXXXXXX";
  std::string dir = mkdtemp(base.data());
  auto put = [&](const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomic(dir + "/" + name, text).ok());
  };
  put("memory.usage_in_bytes", "1000\n");
  put("memory.limit_in_bytes", "9223372036854771712\n");
  put("memory.stat", "cache 5\nrss 6\n");
  put("cpuacct.usage", "77\n");
  put("pids.current", "3\n");
  put("pids.max", "max\n");
  put("blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\nTotal 4096\n");
  CgroupPaths paths;
  paths.memory = paths.cpu = paths.cpuacct = paths.pids = paths.blkio = dir;
  types::StatsResponse stats;
  ASSERT_TRUE(ReadCgroupStats(DetectCgroups(kV1, ""), paths, stats).ok());
  EXPECT_EQ(stats.memory_stats.usage, 1000u);
  EXPECT_LT(stats.memory_stats.limit, 9223372036854771712u) << "no limit = the host's memory";
  EXPECT_EQ(stats.memory_stats.stats.at("rss"), 6u);
  EXPECT_EQ(stats.cpu_stats.cpu_usage.total_usage, 77u);
  EXPECT_EQ(stats.pids_stats.limit, 0u);
  ASSERT_EQ(stats.blkio_stats.io_service_bytes_recursive.size(), 1u);
  put("memory.current", "2000\n");
  put("memory.max", "max\n");
  put("cpu.stat", "usage_usec 5\nnr_periods 2\n");
  put("io.stat", "8:0 rbytes=1 wbytes=2 rios=3\n");
  ASSERT_TRUE(ReadCgroupStats(DetectCgroups(kV2, ""), paths, stats).ok());
  EXPECT_EQ(stats.memory_stats.usage, 2000u);
  EXPECT_EQ(stats.cpu_stats.cpu_usage.total_usage, 5000u);
  EXPECT_EQ(stats.blkio_stats.io_service_bytes_recursive.size(), 2u);
}

}  // namespace
}  // namespace buoy::oci
