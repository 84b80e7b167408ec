#include <gtest/gtest.h>

#include "cli/opts/cpus.h"
#include "cli/opts/mount.h"
#include "cli/opts/ports.h"
#include "cli/opts/ulimit.h"

namespace buoy::cli::opts {
namespace {

TEST(OptsTest, Values) {
  EXPECT_EQ(*ParseCpus("1.5"), 1500000000);
  EXPECT_EQ(ParseCpus("x").error().message(), "failed to parse x as a rational number");
  auto ports = ParsePublished({"127.0.0.1:8000-8001:80-81/udp"});
  ASSERT_TRUE(ports.ok());
  EXPECT_EQ(ports->bindings["81/udp"][0].host_port, "8001");
  EXPECT_EQ(ParsePublished({"a:80"}).error().message(), "invalid hostPort: a");
  std::string warning;
  EXPECT_EQ(ParseMount("type=bind", &warning).error().message(), "target is required");
  EXPECT_EQ(ParseUlimit("nofile=5:3").error().message(),
            "ulimit soft limit must be less than or equal to hard limit: 5 > 3");
}

}  // namespace
}  // namespace buoy::cli::opts
