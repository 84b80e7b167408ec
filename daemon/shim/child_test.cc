#include "daemon/shim/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace buoy::shim {
namespace {

constexpr int64_t kPatience = 10'000'000'000;  // ns

// Starts a helper that starts a child, as an OCI runtime does; both wait for a byte: the child
// exits with 7 when `end_child` has one, the helper when `end_helper` has one. Returns the child's
// pid.
struct Family {
  Family() {
    EXPECT_EQ(pipe(end_child), 0);
    EXPECT_EQ(pipe(end_helper), 0);
    int report[2];
    EXPECT_EQ(pipe(report), 0);
    helper = fork();
    if (helper == 0) {
      const pid_t inner = fork();
      char byte;
      if (inner == 0) _exit(read(end_child[0], &byte, 1) == 1 ? 7 : 1);
      if (write(report[1], &inner, sizeof inner) < 0) _exit(1);
      _exit(read(end_helper[0], &byte, 1) == 1 ? 0 : 1);
    }
    EXPECT_EQ(read(report[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
    close(report[0]);
    close(report[1]);
  }
  ~Family() {
    for (int fd : {end_child[0], end_child[1], end_helper[0], end_helper[1]}) close(fd);
  }
  void EndChild() { EXPECT_EQ(write(end_child[1], "x", 1), 1); }
  void EndHelper() { EXPECT_EQ(write(end_helper[1], "x", 1), 1); }

  int end_child[2], end_helper[2];
  pid_t helper = 0, child = 0;
};

class AdoptTest : public testing::Test {
 protected:
  AdoptTest() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    EXPECT_TRUE(loop_.Init());
    EXPECT_TRUE(reaper_.Init());
  }
  // Runs the loop until the adopted process has ended; its status, or -1.
  int RunToTheEnd() {
    loop_.After(kPatience, [this] { loop_.Stop(); });
    loop_.Run();
    return status_;
  }
  void Adopt(pid_t pid) {
    reaper_.Adopt(pid, [this](int status) {
      status_ = status;
      loop_.Stop();
    });
  }

  EventLoop loop_;
  Reaper reaper_{loop_};
  int status_ = -1;
};

TEST_F(AdoptTest, ChildOfAHelperThatIsStillThere) {
  Family family;
  reaper_.HoldUnknown();
  Adopt(family.child);
  reaper_.ReleaseUnknown();
  loop_.After(20'000'000, [this, &family] {
    EXPECT_EQ(status_, -1) << "reported as ended while it runs";
    family.EndHelper();
    family.EndChild();
  });
  const int status = RunToTheEnd();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(AdoptTest, ChildThatEndsBeforeItsHelper) {
  Family family;
  Adopt(family.child);
  family.EndChild();
  loop_.After(20'000'000, [&family] { family.EndHelper(); });
  const int status = RunToTheEnd();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(AdoptTest, ChildThatEndedWhileItWasExpected) {
  Family family;
  reaper_.HoldUnknown();
  family.EndHelper();
  family.EndChild();
  loop_.After(50'000'000, [this, &family] {
    Adopt(family.child);
    reaper_.ReleaseUnknown();
  });
  const int status = RunToTheEnd();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(AdoptTest, ADescriptorIsExecutedInsteadOfThePath) {
  const Fd program(open("/bin/sh", O_RDONLY | O_CLOEXEC)),
      text(open("/dev/null", O_RDONLY | O_CLOEXEC));
  for (const auto& [fd, path] :
       {std::pair{program.get(), "/does/not/exist"}, std::pair{text.get(), "/bin/sh"}}) {
    SpawnSpec spec;
    spec.argv = {path, "-c", "exit 7"};
    spec.program_fd = fd;
    EXPECT_GT(reaper_.Spawn(spec,
                            [this](int status) {
                              status_ = status;
                              loop_.Stop();
                            }),
              0)
        << path;
    EXPECT_EQ(WEXITSTATUS(RunToTheEnd()), 7) << path;
  }
}

}  // namespace
}  // namespace buoy::shim
