#include "daemon/image/image_service.h"

#include <gtest/gtest.h>

#include "common/digest/digest.h"
#include "daemon/image/testing/image_fixture.h"

namespace buoy::image {
namespace {

TestImage Base(const std::string& tag) {
  TestImage image;
  image.layers = {MakeTar({{"bin/", ""}, {"bin/sh", "shell"}})};
  image.container_config = R"({"Cmd":["sh"],"Labels":{"a":"1"}})";
  image.config_extra =
      R"(,"author":"me","history":[{"created":"2023-11-14T22:13:20Z","created_by":"ADD x"},)"
      R"({"created":"2023-11-14T22:13:20Z","created_by":"CMD sh","comment":"c","empty_layer":true}])";
  image.tags = {tag};
  return image;
}

TestImage OnTop(const TestImage& below, const std::string& tag) {
  TestImage image = below;
  image.layers.push_back(MakeTar({{"etc/", ""}, {"etc/new", tag}}));
  image.config_extra = "";
  image.created = "2024-11-14T22:13:20Z";
  image.tags = {tag};
  return image;
}

using ImageServiceTest = ImageFixture;

TEST_F(ImageServiceTest, FromLoadToRemoval) {
  const TestImage base = Base("busybox:latest");
  EXPECT_EQ(Load(MakeArchive({base})), R"({"stream":"Loaded image: busybox:latest\n"})");
  EXPECT_EQ(events_.text, "load ");
  EXPECT_EQ(events_.last.actor.id, IdOf(base));
  EXPECT_EQ(events_.last.actor.attributes["name"], IdOf(base));
  EXPECT_EQ(events_.last.actor.attributes["a"], "1");

  auto inspect = *service_->Inspect("busybox");
  EXPECT_EQ(inspect.id, IdOf(base));
  EXPECT_EQ(inspect.repo_tags, std::vector<std::string>{"busybox:latest"});
  EXPECT_EQ(inspect.comment, "c");
  EXPECT_EQ(inspect.author, "me");
  EXPECT_EQ(inspect.created, "2023-11-14T22:13:20Z");
  EXPECT_EQ(inspect.config.cmd, std::vector<std::string>{"sh"});
  EXPECT_EQ(inspect.size, 5);
  EXPECT_EQ(inspect.graph_driver.name, "overlay2");
  EXPECT_TRUE(inspect.graph_driver.data["UpperDir"].starts_with(root_));
  EXPECT_EQ(inspect.root_fs.layers, std::vector<std::string>{Sha256Digest(base.layers[0])});
  EXPECT_EQ(inspect.metadata.last_tag_time, "0001-01-01T00:00:00Z");

  auto history = *service_->History(IdOf(base).substr(7, 12));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].id, IdOf(base));
  EXPECT_EQ(history[0].tags, std::vector<std::string>{"busybox:latest"});
  EXPECT_EQ(history[0].size, 0);
  EXPECT_EQ(history[1].id, "<missing>");
  EXPECT_EQ(history[1].created_by, "ADD x");
  EXPECT_EQ(history[1].size, 5);

  ASSERT_TRUE(service_->Tag("busybox", "my.host:5000/a/b", "v1").ok());
  EXPECT_EQ(events_.text, "load tag ");
  EXPECT_EQ(List(), "busybox:latest my.host:5000/a/b:v1 ");
  const std::string saved = Save({"busybox", "my.host:5000/a/b:v1"});
  EXPECT_EQ(events_.text, "load tag save ");

  Restart();  // all of it is durable
  EXPECT_EQ(Remove("busybox"), "Untagged: busybox:latest\n");
  EXPECT_EQ(Remove(IdOf(base).substr(7, 10)),
            "Untagged: my.host:5000/a/b:v1\nDeleted: " + ShortId(IdOf(base)) +
                "\nDeleted: " + ShortId(Sha256Digest(base.layers[0])) + "\n");
  EXPECT_EQ(events_.text, "load tag save untag untag delete ");
  EXPECT_EQ(OnDisk(), "");

  EXPECT_EQ(Load(saved), R"({"stream":"Loaded image: busybox:latest\n"})"
                         R"({"stream":"Loaded image: my.host:5000/a/b:v1\n"})");
  EXPECT_EQ(service_->Inspect("busybox")->id, IdOf(base));
  EXPECT_EQ(Save({"busybox", "my.host:5000/a/b:v1"}), saved);
  EXPECT_EQ(Remove(IdOf(base), true).substr(0, 9), "Untagged:");
  EXPECT_EQ(OnDisk(), "");
}

TEST_F(ImageServiceTest, LoudLoadShowsLayersAndMovedTags) {
  const TestImage base = Base("x:1");
  const std::string loud = Load(MakeArchive({base}), false);
  EXPECT_NE(loud.find(R"({"status":"Loading layer","progressDetail":{"current":)"),
            std::string::npos);
  EXPECT_NE(loud.find("\"id\":\"" + ShortId(Sha256Digest(base.layers[0])) + "\""),
            std::string::npos);
  const TestImage top = OnTop(base, "x:1");
  const std::string again = Load(MakeArchive({top}), true);
  EXPECT_EQ(again, R"({"stream":"The image x:1 already exists, renaming the old one with ID )" +
                       IdOf(base) + R"( to empty string\n"}{"stream":"Loaded image: x:1\n"})");
  EXPECT_EQ(List(), "x:1 <none> ");
  TestImage nameless = OnTop(base, "y");
  nameless.tags = {};
  EXPECT_EQ(Load(MakeArchive({nameless})),
            R"({"stream":"Loaded image ID: )" + IdOf(nameless) + R"(\n"})");
}

TEST_F(ImageServiceTest, SharedLayersGoWithTheLastImage) {
  const TestImage base = Base("a:1"), top = OnTop(base, "b:1");
  ASSERT_EQ(Load(MakeArchive({base, top})).find("ERROR"), std::string::npos);
  api::ImageListOptions options;
  options.shared_size = true;
  auto list = *service_->List(options);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].size, 8);
  EXPECT_EQ(list[0].shared_size, 5);
  EXPECT_EQ(list[1].shared_size, 5);
  EXPECT_EQ(service_->DiskUsage()->layers_size, 8);
  EXPECT_EQ(Remove("a:1"), "Untagged: a:1\nDeleted: " + ShortId(IdOf(base)) + "\n");
  EXPECT_EQ(service_->Inspect("b:1")->size, 8);
  EXPECT_NE(Remove("b:1").find("Deleted: " + ShortId(Sha256Digest(base.layers[0]))),
            std::string::npos);
  EXPECT_EQ(OnDisk(), "");
}

TEST_F(ImageServiceTest, ContainersKeepTheirImage) {
  const TestImage base = Base("a:1");
  ASSERT_EQ(Load(MakeArchive({base})).find("ERROR"), std::string::npos);
  const std::string id = IdOf(base), shown = ShortId(id);
  const std::string container(64, 'c');
  usage_.users[id] = {{container, true}};
  EXPECT_EQ(Remove("a:1"),
            "ERROR: conflict: unable to remove repository reference \"a:1\" (must force) - "
            "container cccccccccccc is using its referenced image " +
                shown);
  EXPECT_EQ(Remove(shown), "ERROR: conflict: unable to delete " + shown +
                               " (cannot be forced) - image is being used by running container "
                               "cccccccccccc");
  EXPECT_EQ(Remove(shown, true).substr(0, 15), "ERROR: conflict");
  usage_.users[id] = {{container, false}};
  EXPECT_EQ(Remove(shown), "ERROR: conflict: unable to delete " + shown +
                               " (must be forced) - image is being used by stopped container "
                               "cccccccccccc");
  EXPECT_EQ(service_->List({})->at(0).containers, 1);
  EXPECT_EQ(List(), "a:1 ");
  ASSERT_TRUE(service_->Tag("a:1", "b", "").ok());
  EXPECT_EQ(Remove(shown), "ERROR: conflict: unable to delete " + shown +
                               " (must be forced) - image is referenced in multiple repositories");
  usage_.users[id] = {{container, true}};
  EXPECT_EQ(Remove("b", true), "Untagged: b:latest\n");
  EXPECT_EQ(Remove("a:1", true), "Untagged: a:1\n");  // the container keeps the rest
  EXPECT_EQ(List(), "<none> ");
  usage_.users.clear();
  EXPECT_EQ(Remove(shown, false).substr(0, 8), "Deleted:");
  EXPECT_EQ(OnDisk(), "");
}

TEST_F(ImageServiceTest, UnknownImages) {
  EXPECT_EQ(Remove("nope"), "ERROR: No such image: nope:latest");
  EXPECT_EQ(service_->Inspect("nope").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(service_->Tag("nope", "x", "").error().message(), "No such image: nope:latest");
  EXPECT_EQ(Save({"nope"}), "ERROR: No such image: nope");
  EXPECT_EQ(Save({"nope:x"}), "ERROR: reference does not exist");
  auto pull = service_->Pull({}, [](const std::string&) { return Ok(); });
  EXPECT_EQ(pull.error().message(), "invalid reference format");
  auto push = service_->Push({.reference = "nope"}, [](const std::string&) { return Ok(); });
  EXPECT_EQ(push.error().message(), "An image does not exist locally with the tag: nope");
}

TEST_F(ImageServiceTest, TagErrors) {
  ASSERT_EQ(Load(MakeArchive({Base("a:1")})).find("ERROR"), std::string::npos);
  EXPECT_EQ(service_->Tag("a:1", "sha256", "x").error().message(),
            "refusing to create an ambiguous tag using digest algorithm as name");
  EXPECT_EQ(service_->Tag("a:1", "UPPER", "").error().message(),
            "invalid reference format: repository name (library/UPPER) must be lowercase");
  EXPECT_EQ(service_->Tag("a:1", "b", "bad tag").error().kind(), ErrorKind::kInvalidArgument);
}

TEST_F(ImageServiceTest, PruneTakesDanglingOnesAndWithAllUnusedOnes) {
  const TestImage base = Base("a:1"), top = OnTop(base, "a:1"), used = OnTop(base, "u:1");
  ASSERT_EQ(Load(MakeArchive({base, top, used})).find("ERROR"), std::string::npos);
  ASSERT_TRUE(service_->Tag("u:1", "u", "2").ok());
  usage_.users[IdOf(used)] = {{std::string(64, 'c'), false}};
  auto report = *service_->Prune({});
  ASSERT_EQ(report.images_deleted.size(), 1u);  // its layer is the others' too
  EXPECT_EQ(report.images_deleted[0].deleted, IdOf(base));
  EXPECT_EQ(report.space_reclaimed, 0u);
  EXPECT_EQ(events_.last.action, "prune");
  EXPECT_EQ(events_.last.actor.attributes["reclaimed"], "0");
  report = *service_->Prune({{"dangling", {"false"}}});
  EXPECT_EQ(report.images_deleted[0].untagged, "a:1");
  EXPECT_EQ(report.space_reclaimed, 3u);
  EXPECT_EQ(List(), "u:1 u:2 ");
  EXPECT_EQ(service_->Prune({{"x", {"y"}}}).error().message(), "invalid filter 'x'");
}

}  // namespace
}  // namespace buoy::image
