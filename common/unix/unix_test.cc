#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "common/unix/file.h"
#include "common/unix/pidfd.h"
#include "common/unix/socket.h"

namespace buoy {
namespace {

std::string TempDir() {
  std::string path = std::string(::getenv("TEST_TMPDIR")) + "/d-XXXXXX";
  return ::mkdtemp(path.data());
}

TEST(File, AtomicWriteReplacesAndKeepsMode) {
  std::string path = TempDir() + "/f";
  ASSERT_TRUE(WriteFileAtomic(path, "one").ok());
  ASSERT_TRUE(WriteFileAtomic(path, "two", 0644).ok());
  EXPECT_EQ(*ReadFile(path), "two");
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
}

TEST(File, ReadFileRefusesTooLong) {
  std::string path = TempDir() + "/f";
  ASSERT_TRUE(WriteFileAtomic(path, "12345").ok());
  EXPECT_EQ(ReadFile(path, 4).error().sys_errno(), EFBIG);
}

TEST(File, RemoveAllDoesNotFollowSymlinks) {
  std::string dir = TempDir();
  ASSERT_TRUE(MakeDirs(dir + "/tree/a/b").ok());
  ASSERT_TRUE(MakeDirs(dir + "/other").ok());
  ASSERT_TRUE(WriteFileAtomic(dir + "/other/keep", "x").ok());
  ASSERT_EQ(::symlink((dir + "/other").c_str(), (dir + "/tree/a/link").c_str()), 0);
  ASSERT_TRUE(RemoveAll(dir + "/tree").ok());
  EXPECT_FALSE(PathExists(dir + "/tree"));
  EXPECT_TRUE(PathExists(dir + "/other/keep"));
  EXPECT_TRUE(RemoveAll(dir + "/missing/x").ok());
}

TEST(Socket, MessagesCarryDescriptors) {
  auto pair = SocketPair(SOCK_SEQPACKET);
  ASSERT_TRUE(pair.ok());
  auto pipe = Pipe();
  ASSERT_TRUE(pipe.ok());
  ASSERT_TRUE(SendMessage(pair->first.get(), "hello", {pipe->second.get()}).ok());
  auto message = ReceiveMessage(pair->second.get());
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->data, "hello");
  ASSERT_EQ(message->fds.size(), 1u);
  ASSERT_TRUE(WriteAll(message->fds[0].get(), "x").ok());
  char byte;
  EXPECT_EQ(::read(pipe->first.get(), &byte, 1), 1);
}

TEST(Socket, LongPathsWork) {
  std::string dir = TempDir() + "/" + std::string(100, 'a') + "/" + std::string(100, 'b');
  ASSERT_TRUE(MakeDirs(dir).ok());
  auto listener = ListenUnix(dir + "/s", SOCK_SEQPACKET);
  ASSERT_TRUE(listener.ok()) << listener.error().message();
  EXPECT_TRUE(ConnectUnix(dir + "/s", SOCK_SEQPACKET).ok());
}

TEST(Pidfd, KnowsAProcessByItsStartTime) {
  pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  auto start = ProcessStartTime(child);
  ASSERT_TRUE(start.ok());
  auto good = Pidfd::Open(child, *start);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(good->Alive());
  EXPECT_EQ(Pidfd::Open(child, *start + 1).error().sys_errno(), ESRCH);
  ASSERT_TRUE(good->Signal(SIGKILL).ok());
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(good->Alive());
}

}  // namespace
}  // namespace buoy
