#include "daemon/image/store_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <shared_mutex>

#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/image/testing/image_fixture.h"

namespace buoy::image {
namespace {

class StoreCheckTest : public ImageFixture {
 protected:
  void SetUp() override {
    ImageFixture::SetUp();
    image_.layers = {MakeTar({{"etc/", ""}, {"etc/a", "one"}}), MakeTar({{"b", "two"}})};
    image_.tags = {"x:1"};
    Load(MakeArchive({image_}));
    for (const auto& layer : store_->Layers(IdOf(image_))) layers_.push_back(layer);
    ASSERT_EQ(layers_.size(), 2u);
  }

  // "kind problem" and "!" when it was repaired, one a line.
  std::string Check(bool repair = false) {
    const Context context{*blobs_, *store_, *driver_, events_, contents_, &usage_};
    auto report = StoreCheck(context, repair, std::chrono::milliseconds(100)).Run();
    if (!report.ok()) return "ERROR: " + report.error().message();
    std::string text;
    for (const auto& damage : report->damages) {
      text += damage.kind + " " + damage.problem + (damage.repaired ? " !" : "") + "\n";
    }
    return text;
  }
  std::string Layer(size_t index) const {
    return root_ + "/overlay/" + DigestHex(layers_[index].chain_id);
  }

  TestImage image_;
  std::vector<ImageLayer> layers_;
};

TEST_F(StoreCheckTest, AGoodStoreHasNoDamage) { EXPECT_EQ(Check(), ""); }

TEST_F(StoreCheckTest, OtherBytesOfTheSameSizeAndTime) {
  const std::string file = Layer(0) + "/diff/etc/a";
  struct stat info;
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  ASSERT_TRUE(WriteFileAtomic(file, "eno", 0644).ok());
  const timespec times[2] = {info.st_atim, info.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  ASSERT_EQ(::chmod(file.c_str(), info.st_mode & 07777), 0);
  EXPECT_EQ(Check(), "layer /etc/a has other content\n");
  EXPECT_EQ(Check(true), "layer /etc/a has other content !\n");
  EXPECT_EQ(*ReadFile(file), "one");
  EXPECT_EQ(Check(), "");
}

TEST_F(StoreCheckTest, FilesOfLayersThatWentCameOrChanged) {
  ASSERT_EQ(::unlink((Layer(1) + "/diff/b").c_str()), 0);
  EXPECT_EQ(Check(), "layer /b is missing\n");
  ASSERT_EQ(::chmod((Layer(0) + "/diff/etc").c_str(), 0700), 0);
  EXPECT_EQ(Check(true), "layer /etc differs !\nlayer /b is missing !\n");
  ASSERT_TRUE(WriteFileAtomic(Layer(0) + "/diff/foreign", "x").ok());
  EXPECT_EQ(Check(true), "layer /foreign is not of this layer !\n");
  EXPECT_EQ(Check(), "");
}

TEST_F(StoreCheckTest, WholeLayersThatWent) {
  ASSERT_TRUE(RemoveAll(Layer(0) + "/diff").ok());
  EXPECT_EQ(Check(true), "layer its files are missing !\n");
  EXPECT_EQ(Check(), "");
  ASSERT_TRUE(RemoveAll(Layer(0)).ok());
  EXPECT_EQ(Check(true), "layer it is not described !\n");
  EXPECT_EQ(Check(), "");
  // At the start what has lost its parent is no layer either.
  ASSERT_TRUE(RemoveAll(Layer(0)).ok());
  Restart();
  EXPECT_EQ(Check(true), "layer it is missing !\nlayer it is missing !\n");
  EXPECT_EQ(Check(), "");
  EXPECT_EQ(*ReadFile(Layer(1) + "/diff/b"), "two");
}

TEST_F(StoreCheckTest, ABlobThatIsAnother) {
  ASSERT_TRUE(WriteFileAtomic(blobs_->Path(layers_[1].blob), "junk").ok());
  const std::string lost = "image the blob " + layers_[1].blob +
                           " of a layer is lost: it runs, but cannot be saved or pushed\n";
  const std::string other = "blob its content has the digest " + Sha256Digest("junk");
  EXPECT_EQ(Check(), other + "\n" + lost);
  EXPECT_EQ(Check(true), other + " !\n" + lost);
  EXPECT_EQ(Check(), lost);
  Load(MakeArchive({image_}));
  EXPECT_EQ(Check(), "");
}

TEST_F(StoreCheckTest, AnImageWithoutItsConfig) {
  ASSERT_TRUE(blobs_->Remove(IdOf(image_)).ok());
  usage_.users[IdOf(image_)] = {{"c1", false}};
  EXPECT_EQ(Check(true), "image its config is lost\n");
  usage_.users.clear();
  EXPECT_EQ(Check(true), "image its config is lost !\n");
  EXPECT_EQ(store_->Ids().size(), 0u);
  Load(MakeArchive({image_}));
  EXPECT_EQ(Check(), "");
}

TEST_F(StoreCheckTest, WhatNothingRefersTo) {
  ASSERT_TRUE(blobs_->Put("nobody's").ok());
  const std::string found = "blob no image refers to it";
  EXPECT_EQ(Check(), found + "\n");
  EXPECT_EQ(Check(true), found + " !\n");
  EXPECT_EQ(Check(), "");
}

TEST_F(StoreCheckTest, WhoAddsIsWaitedForOrNamed) {
  std::shared_lock adding(contents_);
  EXPECT_EQ(Check(true), "ERROR: images are being added or saved: try again when that is done");
}

}  // namespace
}  // namespace buoy::image
