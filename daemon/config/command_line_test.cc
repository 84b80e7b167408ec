#include "daemon/config/command_line.h"

#include <gtest/gtest.h>

#include "daemon/config/key.h"

namespace buoy::config {
namespace {

using Arguments = std::vector<std::string>;

CommandLine Parse(const Arguments& arguments) {
  auto line = ParseCommandLine(arguments);
  EXPECT_TRUE(line.ok()) << line.error().message();
  return line.ok() ? *line : CommandLine{};
}

TEST(CommandLine, NothingGiven) {
  CommandLine line = Parse({});
  EXPECT_TRUE(line.values.empty());
  EXPECT_EQ(line.config_file, "/etc/docker/daemon.json");
  EXPECT_FALSE(line.config_file_given || line.help || line.version || line.validate);
}

struct Form {
  Arguments arguments;
  std::string name;
  Value value;
};

class Forms : public testing::TestWithParam<Form> {};

TEST_P(Forms, GiveTheValue) {
  CommandLine line = Parse(GetParam().arguments);
  ASSERT_EQ(line.values.size(), 1u);
  EXPECT_EQ(line.values.begin()->first, GetParam().name);
  EXPECT_EQ(line.values.begin()->second, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, Forms,
    testing::Values(
        Form{{"--mtu", "1400"}, "mtu", int64_t{1400}}, Form{{"--mtu=0x10"}, "mtu", int64_t{16}},
        Form{{"--mtu", "-3"}, "mtu", int64_t{-3}}, Form{{"-D"}, "debug", true},
        Form{{"-D=false"}, "debug", false}, Form{{"--debug=F"}, "debug", false},
        Form{{"--debug"}, "debug", true}, Form{{"-H", "fd://"}, "hosts", List{"fd://"}},
        Form{{"-Hfd://"}, "hosts", List{"fd://"}}, Form{{"-H=fd://"}, "hosts", List{"fd://"}},
        Form{{"-H", "fd://", "--host=tcp://:1"}, "hosts", List{"fd://", "tcp://:1"}},
        Form{{"-l", "--debug"}, "log-level", std::string("--debug")},
        Form{{"--log-opt", "a=b=c", "--log-opt=d"}, "log-opts", Map{{"a", "b=c"}, {"d", ""}}},
        Form{{"--label", "a=b", "--label", "a=c"}, "labels", List{"a=b", "a=c"}},
        Form{{"--dns=8.8.8.8,::1", "--dns", "1.1.1.1"}, "dns", List{"8.8.8.8", "::1", "1.1.1.1"}},
        Form{{"--registry-mirror", "https://m"}, "registry-mirrors", List{"https://m/"}},
        Form{{"--default-shm-size", "1g"}, "default-shm-size", int64_t{1} << 30},
        Form{{"--feature", "a", "--feature=b=false"},
             "features",
             Map{{"a", "true"}, {"b", "false"}}},
        Form{{"--add-runtime", "X=/bin/x"}, "runtimes", Map{{"x", "{\"path\":\"/bin/x\"}"}}},
        Form{{"--default-ulimit", "nofile=3:4"}, "default-ulimits", Map{{"nofile", "3:4"}}},
        Form{{"--default-address-pool", "base=10.0.0.0/8,size=24"},
             "default-address-pools",
             List{"base=10.0.0.0/8,size=24"}},
        Form{{"--default-network-opt", "bridge=mtu=9"},
             "default-network-opts",
             Map{{"bridge=mtu", "9"}}},
        Form{{"--live-restore"}, "live-restore", true},
        Form{{"--containerd-plugins-namespace=x"},
             "containerd-plugin-namespace",
             std::string("x")}));

TEST(CommandLine, GroupedShorthands) {
  CommandLine line = Parse({"-Dlwarn", "-Dp", "/run/p"});
  EXPECT_EQ(line.values["debug"], Value(true));
  EXPECT_EQ(line.values["log-level"], Value(std::string("warn")));
  EXPECT_EQ(line.values["pidfile"], Value(std::string("/run/p")));
}

TEST(CommandLine, FlagsThatAreNoConfiguration) {
  EXPECT_TRUE(Parse({"--help"}).help);
  EXPECT_TRUE(Parse({"-v"}).version);
  EXPECT_TRUE(Parse({"--version"}).version);
  EXPECT_TRUE(Parse({"--validate"}).validate);
  EXPECT_FALSE(Parse({"--validate=false"}).validate);
  CommandLine line = Parse({"--config-file=/x"});
  EXPECT_EQ(line.config_file, "/x");
  EXPECT_TRUE(line.config_file_given);
  EXPECT_TRUE(Parse({"--"}).values.empty());
  EXPECT_EQ(Parse({"-h"}).warnings,
            Arguments{"Flag shorthand -h has been deprecated, please use --help"});
}

TEST(CommandLine, DeprecatedFlagsWarn) {
  EXPECT_EQ(
      Parse({"-r"}).warnings,
      Arguments{"Flag --restart has been deprecated, Please use a restart policy on docker run"});
}

struct Wrong {
  Arguments arguments;
  std::string text;
};

class WrongFlags : public testing::TestWithParam<Wrong> {};

// Texts as dockerd 20.10 prints them, dockerd's name apart.
TEST_P(WrongFlags, AreRefusedInDockersWords) {
  auto line = ParseCommandLine(GetParam().arguments);
  ASSERT_FALSE(line.ok());
  EXPECT_EQ(line.error().message(),
            "Status: " + GetParam().text + "\nSee 'buoyd --help'., Code: 125");
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongFlags,
    testing::Values(
        Wrong{{"--nope"}, "unknown flag: --nope"}, Wrong{{"--nope=1"}, "unknown flag: --nope"},
        Wrong{{"-Z"}, "unknown shorthand flag: 'Z' in -Z"},
        Wrong{{"-Dx"}, "unknown shorthand flag: 'x' in -x"},
        Wrong{{"--mtu"}, "flag needs an argument: --mtu"},
        Wrong{{"-l"}, "flag needs an argument: 'l' in -l"},
        Wrong{{"--mtu", "x"},
              "invalid argument \"x\" for \"--mtu\" flag: strconv.ParseInt: parsing \"x\": "
              "invalid syntax"},
        Wrong{{"--label", "x"},
              "invalid argument \"x\" for \"--label\" flag: bad attribute format: x"},
        Wrong{{"--debug=maybe"},
              "invalid argument \"maybe\" for \"-D, --debug\" flag: strconv.ParseBool: parsing "
              "\"maybe\": invalid syntax"},
        Wrong{{"-H", "foo://"},
              "invalid argument \"foo://\" for \"-H, --host\" flag: invalid bind address "
              "(foo://): unsupported proto 'foo'"},
        Wrong{{"--add-runtime", "runc=/x"},
              "invalid argument \"runc=/x\" for \"--add-runtime\" flag: runtime name 'runc' is "
              "reserved"},
        Wrong{{"--=3"}, "bad flag syntax: --=3"}, Wrong{{"---x"}, "bad flag syntax: ---x"},
        Wrong{{"--validate=x"},
              "invalid argument \"x\" for \"--validate\" flag: strconv.ParseBool: parsing \"x\": "
              "invalid syntax"}));

TEST(CommandLine, NoArgumentsAccepted) {
  for (const Arguments& arguments :
       {Arguments{"foo"}, Arguments{"-"}, Arguments{""}, Arguments{"--", "-D"}}) {
    auto line = ParseCommandLine(arguments);
    ASSERT_FALSE(line.ok());
    EXPECT_EQ(line.error().message(),
              "\"buoyd\" accepts no argument(s).\nSee 'buoyd --help'.\n\nUsage:  buoyd "
              "[OPTIONS]\n\nA self-sufficient runtime for containers.");
  }
}

TEST(CommandLine, EveryFlagOfTheTableParses) {
  for (const Key& key : Keys()) {
    if (key.flag[0] == 0 || key.type != Type::kBool) continue;
    EXPECT_EQ(Parse({"--" + std::string(key.flag)}).values.count(key.name), 1u) << key.name;
  }
}

}  // namespace
}  // namespace buoy::config
