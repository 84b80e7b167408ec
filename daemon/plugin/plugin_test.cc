#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "common/unix/file.h"
#include "common/unix/socket.h"
#include "daemon/plugin/load.h"

namespace buoy::plugin {
namespace {

class PluginTest : public testing::Test {
 protected:
  PluginTest() : base_("/tmp/plugin-test-" + std::to_string(getpid())) {
    folders_ = {base_ + "/run", {base_ + "/etc", base_ + "/usr"}};
    for (const char* name : {"/run", "/etc", "/usr"}) EXPECT_TRUE(MakeDirs(base_ + name).ok());
  }
  ~PluginTest() override { (void)RemoveAll(base_); }

  void Write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomic(base_ + path, text).ok());
  }

  // Answers one connection after another with these bytes.
  std::thread Serve(const std::string& path, std::vector<std::string> answers) {
    auto listener = ListenUnix(path, SOCK_STREAM);
    EXPECT_TRUE(listener.ok());
    return std::thread([fd = std::move(*listener), answers = std::move(answers)]() {
      for (const auto& answer : answers) {
        Fd client;
        while (!client) {
          client = Fd(accept(fd.get(), nullptr, nullptr));
          if (!client) usleep(1000);
        }
        char buffer[4096];
        (void)!read(client.get(), buffer, sizeof buffer);
        (void)WriteAll(client.get(), "HTTP/1.1 " + answer);
      }
    });
  }

  std::string base_;
  PluginPaths folders_;
};

std::string Answer(const std::string& status, const std::string& body) {
  return status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(PluginTest, FoundInDockersOrder) {
  EXPECT_EQ(FindPlugin(folders_, "x").error().message(), "plugin \"x\" not found");
  Write("/usr/x.json", R"({"Addr": "https://h:1", "TLSConfig": {"CAFile": "/ca"}})");
  EXPECT_EQ(FindPlugin(folders_, "x")->url, "https://h:1");
  EXPECT_FALSE(FindPlugin(folders_, "x")->insecure);
  Write("/etc/x.spec", " tcp://localhost:8080\n");
  EXPECT_EQ(FindPlugin(folders_, "x")->url, "tcp://localhost:8080");
  auto socket = ListenUnix(base_ + "/run/x.sock", SOCK_STREAM);
  EXPECT_EQ(FindPlugin(folders_, "x")->url, "unix://" + base_ + "/run/x.sock");
  EXPECT_EQ(ScanPlugins(folders_), std::vector<std::string>{"x"});
  EXPECT_FALSE(FindPlugin(folders_, "../run/x").ok());
}

TEST_F(PluginTest, ASpecWithoutProtocolIsRefused) {
  Write("/etc/x.spec", "localhost");
  EXPECT_EQ(FindPlugin(folders_, "x").error().message(), "Unknown protocol");
}

TEST_F(PluginTest, LoadedWhenItImplementsWhatIsWanted) {
  const std::string path = base_ + "/run/x.sock";
  std::string manifest = Answer("200 OK", R"({"Implements": ["authz"]})");
  std::thread server = Serve(path, {manifest, manifest});
  EXPECT_TRUE(LoadPlugin(folders_, "x", "authz", PluginClient::Patience::kNone).ok());
  EXPECT_EQ(
      LoadPlugin(folders_, "x", "VolumeDriver", PluginClient::Patience::kNone).error().message(),
      "Plugin does not implement the requested driver: plugin=\"x\", requested "
      "implementation=\"VolumeDriver\"");
  server.join();
}

TEST_F(PluginTest, FailuresInThePluginsWords) {
  const std::string path = base_ + "/run/x.sock";
  std::thread server = Serve(path, {Answer("500 No", R"({"Err": "broken"})"),
                                    Answer("500 No", "plain"), Answer("200 OK", "{}")});
  const PluginClient client({.name = "x", .url = "unix://" + path});
  EXPECT_EQ(client.Call("A.B", "{}", PluginClient::Patience::kNone).error().message(),
            "A.B: broken");
  EXPECT_EQ(client.Call("A.B", "{}", PluginClient::Patience::kNone).error().message(),
            "A.B: plain");
  EXPECT_EQ(*client.Call("A.B", "{}", PluginClient::Patience::kNone), "{}");
  server.join();
}

TEST_F(PluginTest, OneThatIsNotThere) {
  const PluginClient client({.name = "x", .url = "unix://" + base_ + "/run/gone.sock"});
  const std::string text =
      client.Call("A.B", "{}", PluginClient::Patience::kNone).error().message();
  EXPECT_TRUE(text.starts_with("Post \"http://plugin.moby.localhost/A.B\"")) << text;
  EXPECT_TRUE(text.ends_with("gone.sock: connect: no such file or directory")) << text;
}

}  // namespace
}  // namespace buoy::plugin
