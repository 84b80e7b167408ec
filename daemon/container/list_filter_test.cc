#include "daemon/container/list_filter.h"

#include <gtest/gtest.h>

#include "daemon/container/observe.h"

namespace buoy::container {
namespace {

ListEntry Web() {
  ListEntry entry;
  entry.data.id = std::string(63, 'a') + "1";
  entry.data.name = "web";
  entry.names = {"/web"};
  entry.data.state = State::kRunning;
  entry.data.started_ns = 1;
  entry.data.image_id = "sha256:img";
  entry.data.config.labels["tier"] = "front";
  entry.data.network.networks["net1"].network_id = "abcdef";
  entry.data.network.ports["80/tcp"] = std::vector<types::PortBinding>{{"0.0.0.0", "8080"}};
  entry.data.mounts.push_back({});
  entry.data.mounts[0].name = "vol";
  entry.data.mounts[0].destination = "/data";
  entry.health = "healthy";
  return entry;
}

Lookups Nothing() {
  return {[](const std::string& ref) -> Result<std::string> { return ref; },
          [](const std::string& ref) -> std::set<std::string> {
            return ref == "img" ? std::set<std::string>{"sha256:img"} : std::set<std::string>{};
          }};
}

struct Case {
  api::Filters filters;
  bool matches;
};
class ListFilterTest : public testing::TestWithParam<Case> {};

TEST_P(ListFilterTest, Decide) {
  api::ContainerListOptions options;
  options.filters = GetParam().filters;
  auto filter = ListFilter::Parse(options, Nothing());
  ASSERT_TRUE(filter.ok()) << filter.error().message();
  EXPECT_EQ(filter->Decide(Web(), 0) == ListFilter::Decision::kInclude, GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    All, ListFilterTest,
    testing::Values(Case{{}, true}, Case{{{"name", {"we"}}}, true},
                    Case{{{"name", {"^/web$"}}}, true}, Case{{{"name", {"db"}}}, false},
                    Case{{{"id", {"aaa"}}}, true}, Case{{{"id", {"b"}}}, false},
                    Case{{{"status", {"running"}}}, true}, Case{{{"status", {"exited"}}}, false},
                    Case{{{"label", {"tier=front"}}}, true},
                    Case{{{"label", {"tier", "other"}}}, false},
                    Case{{{"ancestor", {"img"}}}, true}, Case{{{"ancestor", {"none"}}}, false},
                    Case{{{"volume", {"/data"}}}, true}, Case{{{"volume", {"vol"}}}, true},
                    Case{{{"volume", {"x"}}}, false}, Case{{{"network", {"net1"}}}, true},
                    Case{{{"network", {"abc"}}}, true}, Case{{{"network", {"zzz"}}}, false},
                    Case{{{"publish", {"8000-8090/tcp"}}}, true},
                    Case{{{"publish", {"80"}}}, false}, Case{{{"expose", {"80"}}}, true},
                    Case{{{"health", {"healthy"}}}, true}, Case{{{"health", {"none"}}}, false},
                    Case{{{"exited", {"0"}}}, false}, Case{{{"is-task", {"false"}}}, true},
                    Case{{{"is-task", {"true"}}}, false}));

TEST(ListFilter, BadFilters) {
  auto error = [](api::Filters filters) {
    api::ContainerListOptions options;
    options.filters = std::move(filters);
    return ListFilter::Parse(options, Nothing()).error().message();
  };
  EXPECT_EQ(error({{"color", {"red"}}}), "invalid filter 'color'");
  EXPECT_EQ(error({{"exited", {"x"}}}),
            "invalid filter 'exited=x': strconv.Atoi: parsing \"x\": invalid syntax");
  EXPECT_EQ(error({{"publish", {"80:90"}}}), "filter for 'publish' should not contain ':': 80:90");
}

TEST(ListFilter, LimitCountsStoppedOnes) {
  api::ContainerListOptions options;
  options.limit = 1;
  auto filter = ListFilter::Parse(options, Nothing());
  ASSERT_TRUE(filter.ok());
  ListEntry stopped = Web();
  stopped.data.state = State::kExited;
  EXPECT_EQ(filter->Decide(stopped, 0), ListFilter::Decision::kInclude);
  EXPECT_EQ(filter->Decide(stopped, 1), ListFilter::Decision::kStop);
}

TEST(ParsePs, OnlyOwnProcesses) {
  auto top = ParsePs("UID PID CMD\nroot 1 init\nroot 42 sleep 1 2\n", {42});
  ASSERT_TRUE(top.ok());
  ASSERT_EQ(top->processes.size(), 1u);
  EXPECT_EQ(top->processes[0][2], "sleep 1 2");
  EXPECT_FALSE(ParsePs("UID CMD\n", {1}).ok());
}

}  // namespace
}  // namespace buoy::container
