#include "common/unix/sealed_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/unix/file.h"

namespace buoy {
namespace {

std::string TempFile(const std::string& content) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/program";
  EXPECT_TRUE(WriteFileAtomic(path, content).ok());
  return path;
}

TEST(SealedProgram, RunsAndCannotBeChanged) {
  auto program = SealedProgram::Copy("/bin/sh");
  ASSERT_TRUE(program.ok()) << program.error().message();
  EXPECT_TRUE(program->Current());
  EXPECT_LT(write(program->fd(), "x", 1), 0);
  EXPECT_LT(ftruncate(program->fd(), 0), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    const char* argv[] = {"sh", "-c", "exit 7", nullptr};
    execveat(program->fd(), "", const_cast<char* const*>(argv), environ, AT_EMPTY_PATH);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(SealedProgram, IsNotCurrentOnceTheFileIsAnother) {
  const std::string path = TempFile("one");
  auto program = SealedProgram::Copy(path);
  ASSERT_TRUE(program.ok());
  EXPECT_TRUE(program->Current());
  ASSERT_EQ(unlink(path.c_str()), 0);
  EXPECT_FALSE(program->Current());
  TempFile("two");
  EXPECT_FALSE(program->Current());
}

TEST(SealedProgram, AMissingFileIsAnError) {
  auto program = SealedProgram::Copy("/does/not/exist");
  ASSERT_FALSE(program.ok());
  EXPECT_EQ(program.error().message(), "open /does/not/exist: no such file or directory");
}

}  // namespace
}  // namespace buoy
