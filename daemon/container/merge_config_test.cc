#include "daemon/container/merge_config.h"

#include <gtest/gtest.h>

#include "daemon/container/prune_filters.h"

namespace buoy::container {
namespace {

json::List<std::string> Given(std::vector<std::string> values) {
  json::List<std::string> list(std::move(values));
  list.is_null = false;
  return list;
}

types::ContainerConfig Image() {
  types::ContainerConfig image;
  image.user = "app";
  image.env = Given({"PATH=/bin", "A=1"});
  image.cmd = Given({"serve"});
  image.entrypoint = Given({"/entry"});
  image.labels["from"] = "image";
  image.labels["both"] = "image";
  image.exposed_ports.insert("80/tcp");
  image.working_dir = "/srv";
  image.stop_signal = "SIGQUIT";
  return image;
}

TEST(MergeConfig, TheUsersWordWins) {
  types::ContainerConfig user;
  user.env = Given({"A=2", "B"});
  user.labels["both"] = "user";
  user.exposed_ports.insert("443/tcp");
  user.working_dir = "/tmp";
  MergeImageConfig(user, Image());
  EXPECT_EQ(user.env, Given({"A=2", "B", "PATH=/bin"}));
  EXPECT_EQ(user.labels["both"], "user");
  EXPECT_EQ(user.labels["from"], "image");
  EXPECT_EQ(user.exposed_ports.size(), 2u);
  EXPECT_EQ(user.working_dir, "/tmp");
  EXPECT_EQ(user.user, "app");
  EXPECT_EQ(user.stop_signal, "SIGQUIT");
}

TEST(MergeConfig, CommandAndEntrypoint) {
  types::ContainerConfig nothing;
  MergeImageConfig(nothing, Image());
  EXPECT_EQ(nothing.cmd, Given({"serve"}));
  EXPECT_EQ(nothing.entrypoint, Given({"/entry"}));

  types::ContainerConfig command;
  command.cmd = Given({"sh"});
  MergeImageConfig(command, Image());
  EXPECT_EQ(command.cmd, Given({"sh"}));
  EXPECT_EQ(command.entrypoint, Given({"/entry"}));

  types::ContainerConfig entry;  // an own entry point drops the image's command
  entry.entrypoint = Given({"/own"});
  MergeImageConfig(entry, Image());
  EXPECT_TRUE(entry.cmd.empty());

  types::ContainerConfig none;  // [] = no entry point, but the image's command
  none.entrypoint = Given({});
  MergeImageConfig(none, Image());
  EXPECT_TRUE(none.entrypoint.empty());
  EXPECT_EQ(none.cmd, Given({"serve"}));
}

TEST(MergeConfig, HealthCheckIsCompleted) {
  types::ContainerConfig image = Image();
  image.healthcheck = types::HealthConfig{Given({"CMD", "true"}), 5, 6, 0, 0, 3};
  types::ContainerConfig user;
  user.healthcheck = types::HealthConfig{};
  user.healthcheck->interval = 9;
  MergeImageConfig(user, image);
  EXPECT_EQ(user.healthcheck->test, Given({"CMD", "true"}));
  EXPECT_EQ(user.healthcheck->interval, 9);
  EXPECT_EQ(user.healthcheck->retries, 3);
}

TEST(PruneFilter, UntilAndLabels) {
  constexpr int64_t kNow = 1'700'000'000'000'000'000;
  auto filter = PruneFilter::Parse({{"until", {"10m"}}, {"label", {"a=1"}}}, kNow);
  ASSERT_TRUE(filter.ok()) << filter.error().message();
  EXPECT_TRUE(filter->Matches(kNow - 700'000'000'000, {{"a", "1"}}));
  EXPECT_FALSE(filter->Matches(kNow - 500'000'000'000, {{"a", "1"}}));
  EXPECT_FALSE(filter->Matches(kNow - 700'000'000'000, {{"a", "2"}}));
  auto without = PruneFilter::Parse({{"label!", {"keep"}}}, kNow);
  ASSERT_TRUE(without.ok());
  EXPECT_FALSE(without->Matches(0, {{"keep", ""}}));
  EXPECT_TRUE(without->Matches(0, {}));
  EXPECT_EQ(PruneFilter::Parse({{"color", {"red"}}}, kNow).error().message(),
            "invalid filter 'color'");
}

}  // namespace
}  // namespace buoy::container
