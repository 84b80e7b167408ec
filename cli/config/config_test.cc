#include <gtest/gtest.h>
#include <stdlib.h>

#include "cli/config/auth.h"
#include "cli/config/config_file.h"
#include "cli/config/endpoint.h"
#include "cli/config/host.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

std::string TempDir(const std::string& name) {
  std::string dir = std::string(getenv("TEST_TMPDIR")) + "/" + name;
  EXPECT_TRUE(MakeDirs(dir).ok());
  return dir;
}

TEST(HostTest, FillsInDefaults) {
  EXPECT_EQ(*ParseHost(false, ""), "unix:///var/run/docker.sock");
  EXPECT_EQ(*ParseHost(true, ""), "tcp://localhost:2376");
  EXPECT_EQ(*ParseHost(false, "tcp://h"), "tcp://h:2375");
  EXPECT_EQ(*ParseHost(false, ":1"), "tcp://localhost:1");
  EXPECT_EQ(*ParseHost(false, "[::1]:5"), "tcp://[::1]:5");
  EXPECT_EQ(*ParseHost(false, "unix://"), "unix:///var/run/docker.sock");
  EXPECT_EQ(ParseHost(false, "foo://a").error().message(), "invalid bind address format: foo://a");
}

TEST(AuthTest, ReadsAndWritesAuths) {
  std::string dir = TempDir("auth");
  std::string warning;
  ConfigFile config = ConfigFile::Load(dir, &warning);
  EXPECT_EQ(warning, "");
  ASSERT_TRUE(StoreAuth(config, {"me", "pa:ss", "localhost:5000", "", ""}).ok());
  ConfigFile again = ConfigFile::Load(dir, &warning);
  auto auth = FindAuth(again, "localhost:5000");
  ASSERT_TRUE(auth.ok());
  EXPECT_EQ(auth->username, "me");
  EXPECT_EQ(auth->password, "pa:ss");
  EXPECT_TRUE(*EraseAuth(again, "localhost:5000"));
  EXPECT_FALSE(*EraseAuth(again, "localhost:5000"));
}

TEST(AuthTest, Names) {
  EXPECT_EQ(ImageDomain("busybox"), "docker.io");
  EXPECT_EQ(ImageDomain("a/b"), "docker.io");
  EXPECT_EQ(ImageDomain("localhost/b"), "localhost");
  EXPECT_EQ(ImageDomain("r.io:5/b"), "r.io:5");
  EXPECT_EQ(AuthKey("docker.io"), kDockerHubServer);
  EXPECT_EQ(Base64("ab"), "YWI=");
  EXPECT_EQ(*DecodeBase64("YWI="), "ab");
  EXPECT_EQ(EncodeAuth({}), "e30=");
}

TEST(ConfigTest, MalformedFileIsAWarning) {
  std::string dir = TempDir("bad");
  ASSERT_TRUE(WriteFileAtomic(dir + "/config.json", "{").ok());
  std::string warning;
  ConfigFile::Load(dir, &warning);
  EXPECT_NE(warning.find("parsing config file (" + dir), std::string::npos);
}

TEST(EndpointTest, Context) {
  std::string dir = TempDir("context");
  std::string warning;
  ConfigFile config = ConfigFile::Load(dir, &warning);
  GlobalOptions options;
  options.context = "foo";
  auto missing = ResolveEndpoint(options, config);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message().find("context \"foo\": context not found: open " + dir +
                                           "/contexts/meta/2c26b46b"),
            std::string::npos);
}

}  // namespace
}  // namespace buoy::cli
