#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "common/unix/file.h"
#include "common/unix/socket.h"
#include "daemon/server/instance_lock.h"
#include "daemon/server/listeners.h"
#include "daemon/server/service_manager.h"

namespace buoy::server {
namespace {

class ProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/buoy-process-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const char* name) const { return folder_ + "/" + name; }

  config::Settings SettingsWithHosts(config::List hosts) {
    config::Settings settings;
    settings.Set("hosts", std::move(hosts), config::Source::kFlag);
    return settings;
  }

  std::string folder_;
};

TEST_F(ProcessTest, ASecondDaemonOnTheSameDataRootIsRefused) {
  auto first = InstanceLock::Take(Path("lock"));
  ASSERT_TRUE(first.ok());
  auto second = InstanceLock::Take(Path("lock"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), ErrorKind::kConflict);
}

TEST_F(ProcessTest, TheLockEndsWithItsOwner) {
  { ASSERT_TRUE(InstanceLock::Take(Path("lock")).ok()); }
  EXPECT_TRUE(InstanceLock::Take(Path("lock")).ok());
}

TEST_F(ProcessTest, PidfileOfARunningProcessIsRespected) {
  ASSERT_TRUE(WriteFileAtomic(Path("pid"), std::to_string(getppid())).ok());
  auto refused = Pidfile::Write(Path("pid"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(),
            "failed to start daemon, ensure docker is not running or delete " + Path("pid") +
                ": process with PID " + std::to_string(getppid()) + " is still running");
  EXPECT_EQ(*ReadFile(Path("pid")), std::to_string(getppid()));
}

TEST_F(ProcessTest, PidfileOfADeadProcessIsReplacedAndRemovedAtTheEnd) {
  ASSERT_TRUE(WriteFileAtomic(Path("pid"), "999999999").ok());
  {
    auto pidfile = Pidfile::Write(Path("pid"));
    ASSERT_TRUE(pidfile.ok());
    EXPECT_EQ(*ReadFile(Path("pid")), std::to_string(getpid()));
  }
  EXPECT_FALSE(PathExists(Path("pid")));
}

TEST_F(ProcessTest, ASocketSomeoneAnswersOnIsRefusedAndStays) {
  auto other = ListenUnix(Path("d.sock"), SOCK_STREAM);
  ASSERT_TRUE(other.ok());
  auto opened = OpenListeners(SettingsWithHosts({"unix://" + Path("d.sock")}), {});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message().find("another daemon"), std::string::npos);
  EXPECT_TRUE(ConnectUnix(Path("d.sock"), SOCK_STREAM).ok());
}

TEST_F(ProcessTest, ASocketNobodyAnswersOnIsReplaced) {
  { ASSERT_TRUE(ListenUnix(Path("d.sock"), SOCK_STREAM).ok()); }
  ASSERT_TRUE(PathExists(Path("d.sock")));
  auto opened = OpenListeners(SettingsWithHosts({"unix://" + Path("d.sock")}), {});
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  ASSERT_EQ(opened->size(), 1u);
  struct stat info {};
  ASSERT_EQ(stat(Path("d.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
  EXPECT_TRUE(ConnectUnix(Path("d.sock"), SOCK_STREAM).ok());
}

TEST_F(ProcessTest, TcpHostsSayWhereTheyListen) {
  auto opened = OpenListeners(SettingsWithHosts({"tcp://127.0.0.1:23751"}), {});
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_EQ((*opened)[0].address, "127.0.0.1:23751");
  auto taken = OpenListeners(SettingsWithHosts({"tcp://127.0.0.1:23751"}), {});
  ASSERT_FALSE(taken.ok());
  EXPECT_NE(taken.error().message().find("listen tcp 127.0.0.1:23751: bind: "), std::string::npos);
}

TEST_F(ProcessTest, SocketActivationIsOnlyForTheProcessItNames) {
  setenv("LISTEN_PID", "1", 1);
  setenv("LISTEN_FDS", "2", 1);
  EXPECT_TRUE(ActivationSockets().empty());
  EXPECT_EQ(getenv("LISTEN_FDS"), nullptr);
  auto none = OpenListeners(SettingsWithHosts({"fd://"}), {});
  EXPECT_FALSE(none.ok());
}

TEST_F(ProcessTest, InheritedSocketsAreTakenByTheAddressTheyAreBoundTo) {
  std::vector<Inherited> inherited;
  inherited.push_back({"fd://3", *ListenUnix(Path("other.sock"), SOCK_STREAM)});
  inherited.push_back({"fd://4", *ListenUnix(Path("d.sock"), SOCK_STREAM)});
  struct stat before {};
  ASSERT_EQ(stat(Path("d.sock").c_str(), &before), 0);
  const int other = inherited[0].fd.get(), wanted = inherited[1].fd.get();
  auto opened =
      OpenListeners(SettingsWithHosts({"fd://", "unix://" + Path("d.sock")}), std::move(inherited));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  ASSERT_EQ(opened->size(), 2u);
  EXPECT_EQ((*opened)[0].fd.get(), wanted);
  EXPECT_EQ((*opened)[0].address, Path("d.sock"));
  EXPECT_EQ((*opened)[1].fd.get(), other);
  struct stat after {};
  ASSERT_EQ(stat(Path("d.sock").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(ProcessTest, AnInheritedSocketWhoseFileHasGoneIsNotTaken) {
  std::vector<Inherited> inherited;
  inherited.push_back({"fd://3", *ListenUnix(Path("d.sock"), SOCK_STREAM)});
  unlink(Path("d.sock").c_str());
  auto opened =
      OpenListeners(SettingsWithHosts({"unix://" + Path("d.sock")}), std::move(inherited));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_TRUE(ConnectUnix(Path("d.sock"), SOCK_STREAM).ok());
}

TEST_F(ProcessTest, TheLockIsSharedByItsDescriptor) {
  auto first = InstanceLock::Take(Path("lock"));
  ASSERT_TRUE(first.ok());
  auto shared = std::make_unique<InstanceLock>(InstanceLock::Share(Fd(dup(first->fd()))));
  { InstanceLock gone = *std::move(first); }
  EXPECT_FALSE(InstanceLock::Take(Path("lock")).ok());
  shared.reset();
  EXPECT_TRUE(InstanceLock::Take(Path("lock")).ok());
}

TEST_F(ProcessTest, TheServiceManagerHearsOfIt) {
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Path("notify").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  setenv("NOTIFY_SOCKET", Path("notify").c_str(), 1);
  NotifyServiceManager("READY=1");
  unsetenv("NOTIFY_SOCKET");
  char text[64];
  const ssize_t size = recv(socket.get(), text, sizeof text, MSG_DONTWAIT);
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(text, static_cast<size_t>(size)), "READY=1");
}

}  // namespace
}  // namespace buoy::server
