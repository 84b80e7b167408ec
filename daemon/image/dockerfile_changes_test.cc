#include "daemon/image/dockerfile_changes.h"

#include <gtest/gtest.h>

#include "common/json/json.h"

namespace buoy::image {
namespace {

using Changes = std::vector<std::string>;
using Words = std::vector<std::string>;

types::ContainerConfig Applied(const Changes& changes, types::ContainerConfig config = {}) {
  auto status = ApplyChanges(changes, &config);
  EXPECT_TRUE(status.ok()) << status.error().message();
  return config;
}

TEST(DockerfileChanges, Commands) {
  EXPECT_EQ(Applied({"CMD [\"a\", \"b c\"]"}).cmd, (Words{"a", "b c"}));
  EXPECT_EQ(Applied({"cmd a  b"}).cmd, (Words{"/bin/sh", "-c", "a  b"}));
  EXPECT_EQ(Applied({"CMD ['a']"}).cmd, (Words{"/bin/sh", "-c", "['a']"}));
  types::ContainerConfig config;
  config.cmd = Words{"old"};
  EXPECT_TRUE(Applied({"ENTRYPOINT [\"e\"]"}, config).cmd.is_null);
  EXPECT_EQ(Applied({"CMD [\"new\"]", "ENTRYPOINT e"}, config).cmd, Words{"new"});
  config.entrypoint = Words{"e"};
  EXPECT_TRUE(Applied({"ENTRYPOINT []"}, config).entrypoint.empty());
  config.shell = Words{"/bin/bash", "-ec"};
  EXPECT_EQ(Applied({"CMD x"}, config).cmd, (Words{"/bin/bash", "-ec", "x"}));
}

TEST(DockerfileChanges, Environment) {
  EXPECT_EQ(Applied({"ENV A b c"}).env, Words{"A=b c"});
  EXPECT_EQ(Applied({"ENV A=1 B=\"x y\" C='$A' D=p\\ q"}).env,
            (Words{"A=1", "B=x y", "C=$A", "D=p q"}));
  types::ContainerConfig config;
  config.env = Words{"A=old", "P=/bin"};
  EXPECT_EQ(Applied({"ENV A=new B=$A P=${P}:/x", "ENV C=$A"}, config).env,
            (Words{"A=new", "P=/bin:/x", "B=old", "C=new"}));
  EXPECT_EQ(Applied({"ENV A=${N:-d} B=${P:+set} C=${E-x} D=${N}"}, config).env,
            (Words{"A=d", "P=/bin", "B=set", "C=x", "D="}));
}

TEST(DockerfileChanges, TheOthers) {
  auto config = Applied({"EXPOSE 80 443/UDP 8000-8002", "LABEL a=b \"c d\"=\"e f\"",
                         "ONBUILD RUN x y", "STOPSIGNAL sigusr1", "USER u:g", "VOLUME /a /b",
                         "VOLUME [\"/c d\"]", "WORKDIR /x", "WORKDIR y/../z",
                         "HEALTHCHECK --interval=5s --retries=3 "
                         "--timeout=1m CMD curl x"});
  EXPECT_EQ(config.exposed_ports,
            (std::set<std::string>{"80/tcp", "443/udp", "8000/tcp", "8001/tcp", "8002/tcp"}));
  EXPECT_EQ(config.labels, (std::map<std::string, std::string>{{"a", "b"}, {"c d", "e f"}}));
  EXPECT_EQ(config.on_build, Words{"RUN x y"});
  EXPECT_EQ(config.stop_signal, "sigusr1");
  EXPECT_EQ(config.user, "u:g");
  EXPECT_EQ(config.volumes, (std::set<std::string>{"/a", "/b", "/c d"}));
  EXPECT_EQ(config.working_dir, "/x/z");
  EXPECT_EQ(config.healthcheck->test, (Words{"CMD-SHELL", "curl x"}));
  EXPECT_EQ(config.healthcheck->interval, 5'000'000'000);
  EXPECT_EQ(config.healthcheck->timeout, 60'000'000'000);
  EXPECT_EQ(config.healthcheck->retries, 3);
  EXPECT_EQ(Applied({"HEALTHCHECK NONE"}).healthcheck->test, Words{"NONE"});
  EXPECT_EQ(Applied({"HEALTHCHECK CMD [\"a\",\"b\"]"}).healthcheck->test, (Words{"CMD", "a", "b"}));
  EXPECT_EQ(Applied({"WORKDIR /../.."}).working_dir, "/");
}

TEST(DockerfileChanges, LinesGoOnAndCommentsDoNot) {
  EXPECT_EQ(Applied({"# nothing\nENV A=1 \\\n# in between\n\n  B=2"}).env, (Words{"A=1", "B=2"}));
  EXPECT_EQ(Applied({}).env, Words{});
}

struct ErrorCase {
  std::string change, error;
};
class ChangeErrors : public testing::TestWithParam<ErrorCase> {};
// The texts are dockerd's, as it answered them.
TEST_P(ChangeErrors, AreDockers) {
  types::ContainerConfig config;
  auto status = ApplyChanges({GetParam().change}, &config);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), GetParam().error);
  EXPECT_EQ(status.error().kind(), ErrorKind::kInvalidArgument);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ChangeErrors,
    testing::Values(
        ErrorCase{"FROM x", "from is not a valid change command"},
        ErrorCase{"ENV", "ENV requires at least one argument"},
        ErrorCase{"ENV a", "ENV must have two arguments"},
        ErrorCase{"ENV =x", "ENV names can not be blank"},
        ErrorCase{"EXPOSE abc", "Invalid containerPort: abc"},
        ErrorCase{"EXPOSE 99999", "Invalid containerPort: 99999"},
        ErrorCase{"EXPOSE 80/foo", "Invalid proto: foo"},
        ErrorCase{"EXPOSE", "EXPOSE requires at least one argument"},
        ErrorCase{"LABEL", "LABEL requires at least one argument"},
        ErrorCase{"LABEL a", "LABEL must have two arguments"},
        ErrorCase{"LABEL =a", "LABEL names can not be blank"},
        ErrorCase{"ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"},
        ErrorCase{"ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"},
        ErrorCase{"ONBUILD", "ONBUILD requires at least one argument"},
        ErrorCase{"STOPSIGNAL FOO", "invalid signal: FOO"},
        ErrorCase{"STOPSIGNAL RTMIN+16", "invalid signal: RTMIN+16"},
        ErrorCase{"USER", "USER requires exactly one argument"},
        ErrorCase{"VOLUME", "VOLUME requires at least one argument"},
        ErrorCase{"VOLUME [\"\"]", "VOLUME specified can not be an empty string"},
        ErrorCase{"WORKDIR", "WORKDIR requires exactly one argument"},
        ErrorCase{"WORKDIR $X", "cannot normalize nothing"},
        ErrorCase{"HEALTHCHECK", "HEALTHCHECK requires at least one argument"},
        ErrorCase{"HEALTHCHECK FOO", "Unknown type \"FOO\" in HEALTHCHECK (try CMD)"},
        ErrorCase{"HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"},
        ErrorCase{"HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"},
        ErrorCase{"HEALTHCHECK --interval=1x CMD a", "time: unknown unit \"x\" in duration \"1x\""},
        ErrorCase{"HEALTHCHECK --interval=1us CMD a",
                  "Interval \"interval\" cannot be less than 1ms"},
        ErrorCase{"HEALTHCHECK --retries=-1 CMD a", "--retries must be at least 1 (not -1)"},
        ErrorCase{"HEALTHCHECK --foo=1 CMD a", "Unknown flag: foo"},
        ErrorCase{"ENV a=b c",
                  "Syntax error - can't find = in \"c\". Must be of the form: name=value"},
        ErrorCase{"ENV a=\"b",
                  "failed to process \"\\\"b\": unexpected end of statement while looking for "
                  "matching double-quote"},
        ErrorCase{"ENV a=${b", "failed to process \"${b\": missing ':' in substitution"},
        ErrorCase{"USER ${a:?x}", "failed to process \"${a:?x}\": a: x"},
        ErrorCase{"", "file with no instructions"}));

TEST(DockerfileChanges, NestedSubstitutionsEnd) {
  std::string text = "USER ";
  for (int i = 0; i < 100'000; ++i) text += "${a:-";
  types::ContainerConfig config;
  EXPECT_FALSE(ApplyChanges({text}, &config).ok());
}

}  // namespace
}  // namespace buoy::image
