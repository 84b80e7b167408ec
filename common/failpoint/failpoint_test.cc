#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace buoy::failpoint {

void Hit(const char* name);
int64_t WallShift();

namespace {

// Each in a process of its own: the environment is read once.
int SignalOf(const char* armed, void (*body)()) {
  const pid_t pid = fork();
  if (pid == 0) {
    if (armed != nullptr) setenv("BUOY_FAILPOINT", armed, 1);
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Failpoint, KillsWhereItIsArmedOnly) {
  const auto once = [] { Hit("rm.row"); };
  EXPECT_EQ(SignalOf(nullptr, once), 0);
  EXPECT_EQ(SignalOf("rm.row", once), SIGKILL);
  EXPECT_EQ(SignalOf("rm", once), 0);
  EXPECT_EQ(SignalOf("rm.row.more", once), 0);
  EXPECT_EQ(SignalOf("rm.row:2", once), 0);
  EXPECT_EQ(SignalOf("rm.row:2",
                     [] {
                       Hit("rm.row");
                       Hit("other");
                       Hit("rm.row");
                     }),
            SIGKILL);
}

TEST(WallShift, FollowsTheFile) {
  const std::string path = testing::TempDir() + "/shift";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  int64_t shift = 0;
  ASSERT_EQ(pwrite(fd, &shift, sizeof shift, 0), static_cast<ssize_t>(sizeof shift));
  setenv("BUOY_WALL_SHIFT", path.c_str(), 1);
  EXPECT_EQ(WallShift(), 0);
  shift = -3'600'000'000'000;
  ASSERT_EQ(pwrite(fd, &shift, sizeof shift, 0), static_cast<ssize_t>(sizeof shift));
  EXPECT_EQ(WallShift(), shift);
  close(fd);
}

}  // namespace
}  // namespace buoy::failpoint
