#include "daemon/container/validate.h"

#include <gtest/gtest.h>

namespace buoy::container {
namespace {

TEST(Validate, RestartPolicies) {
  EXPECT_TRUE(ValidateRestartPolicy({"", 5}).ok());
  EXPECT_TRUE(ValidateRestartPolicy({"on-failure", 5}).ok());
  EXPECT_EQ(ValidateRestartPolicy({"always", 5}).error().message(),
            "invalid restart policy: maximum retry count can only be used with 'on-failure'");
  EXPECT_EQ(ValidateRestartPolicy({"on-failure", -1}).error().message(),
            "invalid restart policy: maximum retry count cannot be negative");
  EXPECT_EQ(ValidateRestartPolicy({"sometimes", 0}).error().message(),
            "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', "
            "'on-failure', or 'unless-stopped'");
}

TEST(Validate, Config) {
  types::ContainerConfig config;
  config.working_dir = "/a//b/../c/";
  ASSERT_TRUE(ValidateConfig(config).ok());
  EXPECT_EQ(config.working_dir, "/a/c");
  config.working_dir = "a";
  EXPECT_EQ(ValidateConfig(config).error().message(),
            "the working directory 'a' is invalid, it needs to be an absolute path");
  config.working_dir.clear();
  config.env = json::List<std::string>{"=x"};
  EXPECT_EQ(ValidateConfig(config).error().message(), "invalid environment variable: =x");
  config.env.clear();
  config.healthcheck = types::HealthConfig{};
  config.healthcheck->interval = 1;
  EXPECT_EQ(ValidateConfig(config).error().message(),
            "Interval in Healthcheck cannot be less than 1ms");
}

TEST(Validate, ContainerNetworkMode) {
  types::ContainerConfig config;
  types::HostConfig host;
  host.network_mode = "container:";
  EXPECT_EQ(ValidateCombination(config, host).error().message(),
            "invalid network mode: invalid container format container:<name|id>");
  host.network_mode = "container:x";
  EXPECT_TRUE(ValidateCombination(config, host).ok());
  config.hostname = "h";
  EXPECT_EQ(ValidateCombination(config, host).error().message(),
            "conflicting options: hostname and the network mode");
}

TEST(Validate, Logs) {
  types::LogConfig log;
  ASSERT_TRUE(ResolveLogConfig(log, {}).ok());
  EXPECT_EQ(log.type, "json-file");
  EXPECT_FALSE(log.config.is_null);
  log.type = "x";
  EXPECT_EQ(ValidateLogConfig(log).error().message(),
            "logger: no log driver named 'x' is registered");
  log.type = "json-file";
  log.config["max-fil"] = "3";
  EXPECT_EQ(ValidateLogConfig(log).error().message(),
            "unknown log opt 'max-fil' for json-file log driver");
}

TEST(Validate, SizesLinksPaths) {
  EXPECT_EQ(*ParseSize("10m", true), 10'000'000);
  EXPECT_EQ(*ParseSize("1.5k", false), 1536);
  EXPECT_FALSE(ParseSize("m", true).ok());
  EXPECT_EQ(ParseLink("db:alias")->alias, "alias");
  EXPECT_EQ(ParseLink("/db:/web/alias")->name, "db");
  EXPECT_EQ(ParseLink("db")->alias, "db");
  EXPECT_FALSE(ParseLink("a:b:c").ok());
  EXPECT_EQ(CleanPath("/../a/./b//"), "/a/b");
}

}  // namespace
}  // namespace buoy::container
