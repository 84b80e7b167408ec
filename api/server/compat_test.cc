#include "api/server/compat.h"

#include <gtest/gtest.h>

#include "common/json/codec.h"

namespace buoy::api {
namespace {

json::Json Parsed(const std::string& text) { return *json::Parse(text); }

constexpr char kImages[] = R"([{"Id":"a","Size":7,"Containers":2,"RepoTags":[],"RepoDigests":[]}])";

TEST(ImagesTest, CountContainersOnlySince151) {
  EXPECT_EQ(ImagesJsonFor({1, 51}, kImages), kImages);
  EXPECT_EQ(Parsed(ImagesJsonFor({1, 50}, kImages))[0]["Containers"], -1);
}

TEST(ImagesTest, VirtualSizeUntil143) {
  EXPECT_FALSE(Parsed(ImagesJsonFor({1, 44}, kImages))[0].contains("VirtualSize"));
  EXPECT_EQ(Parsed(ImagesJsonFor({1, 43}, kImages))[0]["VirtualSize"], 7);
  EXPECT_EQ(Parsed(ImagesJsonFor({1, 24}, kImages))[0]["VirtualSize"], 7);
}

TEST(ImagesTest, NoneUntil142) {
  auto names = [](ApiVersion version) {
    auto image = Parsed(ImagesJsonFor(version, kImages))[0];
    return image["RepoTags"].dump() + image["RepoDigests"].dump();
  };
  EXPECT_EQ(names({1, 43}), "[][]");
  EXPECT_EQ(names({1, 42}), R"(["<none>:<none>"]["<none>@<none>"])");
}

TEST(ImageInspectTest, OldFieldsUntil144) {
  const std::string image = R"({"Id":"a","Size":7})";
  EXPECT_EQ(ImageInspectJsonFor({1, 45}, image), image);
  auto at144 = Parsed(ImageInspectJsonFor({1, 44}, image));
  EXPECT_EQ(at144["Container"], "");
  EXPECT_TRUE(at144["ContainerConfig"].is_null());
  EXPECT_FALSE(at144.contains("VirtualSize"));
  auto at143 = Parsed(ImageInspectJsonFor({1, 43}, image));
  EXPECT_EQ(at143["VirtualSize"], 7);
  EXPECT_EQ(at143["Created"], "0001-01-01T00:00:00Z");
}

TEST(ImageInspectTest, NothingOfContainersSince150) {
  const std::string image =
      R"({"Id":"a","Config":{"Hostname":"","User":"","Tty":false,"Env":["A=b"],"Cmd":null,)"
      R"("Volumes":{},"WorkingDir":"/x","Image":"","Entrypoint":["e"]}})";
  EXPECT_EQ(ImageInspectJsonFor({1, 49}, image), image);
  EXPECT_EQ(ImageInspectJsonFor({1, 50}, image),
            R"({"Id":"a","Config":{"Env":["A=b"],"Entrypoint":["e"],"WorkingDir":"/x"}})");
}

TEST(ContainersTest, AnnotationsSince146) {
  const std::string list = R"([{"HostConfig":{"NetworkMode":"bridge","Annotations":{"a":"b"}}}])";
  EXPECT_EQ(ContainersJsonFor({1, 46}, list), list);
  EXPECT_EQ(ContainersJsonFor({1, 45}, list), R"([{"HostConfig":{"NetworkMode":"bridge"}}])");
}

TEST(ContainerInspectTest, AliasesHaveTheShortIdUntil144) {
  const std::string text =
      R"({"Id":"0123456789abcdef","Config":{"Hostname":"h"},"NetworkSettings":)"
      R"({"Networks":{"bridge":{"Aliases":null},"mine":{"Aliases":["x"]}}}})";
  EXPECT_EQ(ContainerInspectJsonFor({1, 45}, text), text);
  auto old = Parsed(ContainerInspectJsonFor({1, 44}, text))["NetworkSettings"]["Networks"];
  EXPECT_TRUE(old["bridge"]["Aliases"].is_null());
  EXPECT_EQ(old["mine"]["Aliases"].dump(), R"(["x","0123456789ab","h"])");
}

TEST(InfoTest, FieldsThatCameAndWent) {
  const std::string info = R"({"RuncCommit":{"ID":"r","Expected":"r"},"RegistryConfig":)"
                           R"({"AllowNondistributableArtifactsCIDRs":null,"Mirrors":[]}})";
  auto now = Parsed(InfoJsonFor({1, 51}, info));
  EXPECT_FALSE(now["RuncCommit"].contains("Expected"));
  EXPECT_FALSE(now.contains("BridgeNfIptables"));
  EXPECT_FALSE(now["RegistryConfig"].contains("AllowNondistributableArtifactsCIDRs"));
  auto at49 = Parsed(InfoJsonFor({1, 49}, info));
  EXPECT_EQ(at49["BridgeNfIptables"], false);
  EXPECT_FALSE(at49["RuncCommit"].contains("Expected"));
  auto at48 = Parsed(InfoJsonFor({1, 48}, info));
  EXPECT_EQ(at48["RuncCommit"]["Expected"], "r");
  auto at46 = Parsed(InfoJsonFor({1, 46}, info));
  EXPECT_TRUE(at46["RegistryConfig"].contains("AllowNondistributableArtifactsCIDRs"));
}

TEST(DiskUsageTest, VirtualSizeUntil143) {
  const std::string usage = R"({"Images":[{"Size":5}]})";
  EXPECT_EQ(DiskUsageJsonFor({1, 44}, usage), usage);
  EXPECT_EQ(Parsed(DiskUsageJsonFor({1, 43}, usage))["Images"][0]["VirtualSize"], 5);
}

TEST(CreateBodyTest, ConfigIsWhatIsNotAboutTheHost) {
  EXPECT_TRUE(HasContainerConfig(R"({"Image":"a"})"));
  EXPECT_TRUE(HasContainerConfig(R"({"HostConfig":{},"Tty":false})"));
  EXPECT_FALSE(HasContainerConfig(R"({"hostconfig":{},"NetworkingConfig":{}})"));
  EXPECT_FALSE(HasContainerConfig("{}"));
  EXPECT_FALSE(HasContainerConfig("null"));
}

}  // namespace
}  // namespace buoy::api
