#include <gtest/gtest.h>

#include "cli/flags/flag_set.h"
#include "cli/flags/units.h"

namespace buoy::cli {
namespace {

TEST(FlagSetTest, TextsOfPflag) {
  FlagSet flags;
  int64_t memory = 0;
  bool tty = false;
  std::vector<std::string> ports;
  flags.Bytes(&memory, "memory", 'm', "Memory limit");
  flags.Bool(&tty, "tty", 't', "Allocate");
  flags.List(&ports, "publish", 'p', "Publish");
  flags.SetInterspersed(false);
  EXPECT_EQ(flags.Parse({"--foo"}).error().message(), "unknown flag: --foo");
  EXPECT_EQ(flags.Parse({"-z"}).error().message(), "unknown shorthand flag: 'z' in -z");
  EXPECT_EQ(flags.Parse({"--memory"}).error().message(), "flag needs an argument: --memory");
  EXPECT_EQ(flags.Parse({"-m", "x"}).error().message(),
            "invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'");
  auto parsed = flags.Parse({"-tp8080:80", "image", "-t"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(tty);
  EXPECT_EQ(ports, std::vector<std::string>{"8080:80"});
  EXPECT_EQ(parsed->args, (std::vector<std::string>{"image", "-t"}));
}

TEST(UnitsTest, Sizes) {
  EXPECT_EQ(*RamInBytes("1.5g"), 1610612736);
  EXPECT_EQ(HumanSize(1240000, 3), "1.24MB");
  EXPECT_EQ(BytesSize(1048576), "1MiB");
}

}  // namespace
}  // namespace buoy::cli
