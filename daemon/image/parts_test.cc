// The small parts: configs, platforms, progress lines, blobs.
#include <gtest/gtest.h>

#include <filesystem>

#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/image/blob_store.h"
#include "daemon/image/image_config.h"
#include "daemon/image/progress_lines.h"

namespace buoy::image {
namespace {

const std::string kLayer = "sha256:" + std::string(64, '1');

TEST(ImageConfig, RoundTrip) {
  const std::string text =
      R"({"architecture":"arm","author":"a","comment":"c","config":{"Hostname":"","Domainname":"",)"
      R"("User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,)"
      R"("OpenStdin":false,"StdinOnce":false,"Env":["A=b"],"Cmd":["sh"],"Image":"",)"
      R"("Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null},)"
      R"("created":"2023-11-14T22:13:20.5Z","history":[{"created_by":"x"},{"comment":"y",)"
      R"("empty_layer":true}],"os":"linux","rootfs":{"type":"layers","diff_ids":[")" +
      kLayer + R"("]},"variant":"v7"})";
  auto config = ParseImageConfig(text);
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->config.cmd, std::vector<std::string>{"sh"});
  EXPECT_EQ(config->ChainIds(), std::vector<std::string>{kLayer});
  EXPECT_EQ(EncodeImageConfig(*config), text);
}

struct BadConfig {
  std::string text, error;
};
class BadConfigs : public testing::TestWithParam<BadConfig> {};
TEST_P(BadConfigs, AreRefused) {
  auto config = ParseImageConfig(GetParam().text);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_NE(config.error().message().find(GetParam().error), std::string::npos)
      << config.error().message();
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadConfigs,
    testing::Values(BadConfig{"", "EOF"}, BadConfig{"{}", "invalid image JSON, no RootFS key"},
                    BadConfig{"[]", "cannot unmarshal"},
                    BadConfig{R"({"rootfs":{"diff_ids":["../../x"]}})", "invalid checksum digest"},
                    BadConfig{R"({"rootfs":{"diff_ids":["md5:00"]}})", "digest"},
                    BadConfig{R"({"rootfs":{},"history":[{}]})", "too many non-empty layers"},
                    BadConfig{R"({"rootfs":{},"created":"soon"})", "soon"},
                    BadConfig{std::string(100'000, '['), ""},
                    BadConfig{R"({"rootfs":{},"config":{"Env":"x"}})", "cannot unmarshal string"}));

struct PlatformCase {
  std::string text, normal;  // "" = refused
};
class Platforms : public testing::TestWithParam<PlatformCase> {};
TEST_P(Platforms, AreNormalised) {
  auto platform = ParsePlatform(GetParam().text);
  EXPECT_EQ(platform.ok() ? platform->String() : "", GetParam().normal);
}
INSTANTIATE_TEST_SUITE_P(Table, Platforms,
                         testing::Values(PlatformCase{"linux/amd64", "linux/amd64"},
                                         PlatformCase{"linux/x86_64", "linux/amd64"},
                                         PlatformCase{"Linux/ARM64", "linux/arm64"},
                                         PlatformCase{"linux/arm64/v8", "linux/arm64"},
                                         PlatformCase{"armhf", "linux/arm/v7"},
                                         PlatformCase{"linux/arm/v6", "linux/arm/v6"},
                                         PlatformCase{"linux//", ""}, PlatformCase{"a/b/c/d", ""},
                                         PlatformCase{"linux/$", ""}));

TEST(Platform, Matching) {
  EXPECT_TRUE(PlatformMatches({"linux", "amd64", ""}, {"", "x86_64", ""}));
  EXPECT_FALSE(PlatformMatches({"linux", "amd64", ""}, {"linux", "arm64", ""}));
  EXPECT_TRUE(PlatformMatches({"linux", "arm", "v7"}, {"linux", "arm", "v6"}));
  EXPECT_FALSE(PlatformMatches({"linux", "arm", "v6"}, {"linux", "arm", "v7"}));
}

// The bars are dockerd's, as it sent them.
TEST(ProgressLines, AreDockers) {
  EXPECT_EQ(StreamLine("a\n"), R"({"stream":"a\n"})");
  EXPECT_EQ(StatusLine("sha256:1"), R"({"status":"sha256:1"})");
  EXPECT_EQ(ProgressLine("Loading layer", "8d7581a1ae17", 163840, 2140160),
            R"({"status":"Loading layer","progressDetail":{"current":163840,"total":2140160},)"
            R"("progress":"[===>                                               ]  163.8kB/2.14MB",)"
            R"("id":"8d7581a1ae17"})");
  EXPECT_EQ(
      ProgressLine("Loading layer", "a", 10240, 10240),
      R"({"status":"Loading layer","progressDetail":{"current":10240,"total":10240},)"
      R"("progress":"[==================================================>]  10.24kB/10.24kB",)"
      R"("id":"a"})");
}

TEST(ProgressSource, TellsTheEndOnce) {
  StringSource inner("abc");
  std::vector<int64_t> reports;
  ProgressSource source(inner, [&](int64_t current) {
    reports.push_back(current);
    return Ok();
  });
  EXPECT_EQ(*ReadAll(source), "abc");
  char byte;
  EXPECT_EQ(*source.Read({&byte, 1}), 0u);
  EXPECT_EQ(reports, std::vector<int64_t>{3});
}

class BlobStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/blobs";
    ASSERT_TRUE(RemoveAll(root_).ok());
    store_ = *BlobStore::Open(root_);
  }
  bool StagingIsEmpty() const { return std::filesystem::is_empty(root_ + "/.staging"); }

  std::string root_;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(BlobStoreTest, BlobsAreWhatTheirNameSays) {
  const std::string digest = *store_->Put("hello");
  EXPECT_EQ(digest, Sha256Digest("hello"));
  EXPECT_EQ(*store_->Read(digest), "hello");
  EXPECT_EQ(*store_->Size(digest), 5);
  EXPECT_EQ(*store_->Put("hello"), digest);
  EXPECT_EQ(*store_->List(), std::vector<std::string>{digest});
  EXPECT_TRUE(StagingIsEmpty());
  EXPECT_EQ(store_->Read(Sha256Digest("x")).error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(store_->Read("sha256:../../etc/passwd").error().kind(), ErrorKind::kInvalidArgument);
  ASSERT_TRUE(store_->Remove(digest).ok());
  ASSERT_TRUE(store_->Remove(digest).ok());
  EXPECT_FALSE(store_->Has(digest));
}

TEST_F(BlobStoreTest, DroppedAndWrongOnesVanish) {
  {
    auto writer = *store_->NewWriter();
    ASSERT_TRUE(writer->Write("abc").ok());
    EXPECT_FALSE(StagingIsEmpty());
    EXPECT_FALSE(writer->Commit(Sha256Digest("other")).ok());
    writer->Seal();
    EXPECT_EQ(*writer->Commit(Sha256Digest("abc")), Sha256Digest("abc"));
    // A committed one can still be read, and committed again.
    FdSource source(writer->OpenForReading()->get());
    EXPECT_TRUE(writer->Commit().ok());
    auto dropped = *store_->NewWriter();
    ASSERT_TRUE(dropped->Write("x").ok());
  }
  EXPECT_TRUE(StagingIsEmpty());
  EXPECT_EQ(store_->List()->size(), 1u);
}

TEST_F(BlobStoreTest, CollectKeepsWhatIsWanted) {
  const std::string keep = *store_->Put("keep");
  ASSERT_TRUE(store_->Put("drop").ok());
  ASSERT_TRUE(WriteFileAtomic(root_ + "/.staging/1-1", "left").ok());
  ASSERT_TRUE(WriteFileAtomic(root_ + "/sha256/strange", "x").ok());
  ASSERT_TRUE(store_->Collect([&](const std::string& digest) { return digest == keep; }).ok());
  EXPECT_EQ(*store_->List(), std::vector<std::string>{keep});
  EXPECT_TRUE(StagingIsEmpty());
  EXPECT_FALSE(PathExists(root_ + "/sha256/strange"));
}

TEST_F(BlobStoreTest, FreeSpaceHasAReserve) {
  auto room = *store_->Free();
  EXPECT_GE(room.bytes, 1u);
  EXPECT_LT(room.bytes, std::filesystem::space(root_).available);
}

}  // namespace
}  // namespace buoy::image
