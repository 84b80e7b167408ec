#include "daemon/image/image_store.h"

#include <gtest/gtest.h>

#include "common/digest/digest.h"
#include "common/unix/file.h"

namespace buoy::image {
namespace {

class ImageStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/store";
    ASSERT_TRUE(RemoveAll(root_).ok());
    ASSERT_TRUE(MakeDirs(root_).ok());
    Reopen();
  }
  void Reopen() {
    store_.reset();
    db_.reset();
    db_ = *state::Db::Open(root_ + "/db");
    blobs_ = *BlobStore::Open(root_ + "/blobs");
    store_ = std::make_unique<ImageStore>(*db_, *blobs_);
  }
  // An image of layers named by single letters, the lowest first.
  std::string Add(const std::string& layers, const std::string& author = "",
                  const std::string& parent = "") {
    ImageConfig config;
    config.author = author;
    Image image;
    image.parent = parent;
    for (size_t i = 0; i < layers.size(); ++i) {
      ImageLayer layer;
      layer.diff_id = Sha256Digest(layers.substr(i, 1));
      layer.chain_id = Sha256Digest(layers.substr(0, i + 1));
      layer.blob = *blobs_->Put(layers.substr(i, 1));
      layer.size = 10;
      config.diff_ids.push_back(layer.diff_id);
      image.layers.push_back(layer);
    }
    image.id = *blobs_->Put(EncodeImageConfig(config));
    image.config = std::make_shared<const ImageConfig>(config);
    auto status = store_->Add(image);
    EXPECT_TRUE(status.ok()) << status.error().message();
    return image.id;
  }
  static Reference Ref(const std::string& text) { return *Reference::ParseNormalized(text); }

  std::string root_;
  std::unique_ptr<state::Db> db_;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<ImageStore> store_;
};

TEST_F(ImageStoreTest, SurvivesReopening) {
  const std::string id = Add("ab", "me");
  ASSERT_TRUE(store_->SetReference(Ref("x"), id).ok());
  ASSERT_TRUE(store_->TouchTagTime(id, 5).ok());
  Reopen();
  auto image = *store_->Get(id);
  EXPECT_EQ(image.config->author, "me");
  ASSERT_EQ(image.layers.size(), 2u);
  EXPECT_EQ(image.chain_id(), Sha256Digest("ab"));
  EXPECT_EQ(image.last_tag_ns, 5);
  EXPECT_EQ(store_->References(id)[0].FamiliarString(), "x:latest");
  EXPECT_EQ(store_->List().size(), 1u);
}

TEST_F(ImageStoreTest, ResolvesAsDocker) {
  const std::string id = Add("a"), other = Add("b");
  ASSERT_TRUE(store_->SetReference(Ref("x:1"), id).ok());
  ASSERT_TRUE(store_->SetReference(Ref("x@" + Sha256Digest("m")), id).ok());
  const std::vector<std::string> names = {"x:1",
                                          "docker.io/library/x:1",
                                          id,
                                          DigestHex(id),
                                          id.substr(0, 20),
                                          DigestHex(id).substr(0, 12),
                                          "x@" + Sha256Digest("m"),
                                          "x:9@" + Sha256Digest("m")};
  for (const auto& name : names) {
    auto found = store_->Resolve(name);
    ASSERT_TRUE(found.ok()) << name << ": " << found.error().message();
    EXPECT_EQ(found->id, id) << name;
  }
  EXPECT_EQ(store_->Resolve("x").error().message(), "No such image: x:latest");
  EXPECT_EQ(store_->Resolve("sha256:zz").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(store_->Resolve("").error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_EQ(store_->Resolve("A B").error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_FALSE(store_->FindByPrefix("").has_value());
  EXPECT_FALSE(store_->FindByPrefix("sha256:").has_value());
  EXPECT_FALSE(store_->FindByPrefix("sha512:" + DigestHex(id).substr(0, 6)).has_value());
  // A name wins over an ID that begins like it.
  ASSERT_TRUE(store_->SetReference(Ref(DigestHex(id).substr(0, 8)), other).ok());
  EXPECT_EQ(store_->Resolve(DigestHex(id).substr(0, 8))->id, other);
}

TEST_F(ImageStoreTest, TagsMove) {
  const std::string a = Add("a"), b = Add("b");
  EXPECT_FALSE((*store_->SetReference(Ref("x"), a)).has_value());
  EXPECT_FALSE((*store_->SetReference(Ref("x"), a)).has_value());
  EXPECT_EQ(*store_->SetReference(Ref("x"), b), a);
  EXPECT_TRUE(store_->References(a).empty());
  EXPECT_EQ(store_->FindByName(Ref("x:other")).size(), 1u);
  ASSERT_TRUE(store_->RemoveReference(Ref("x:latest")).ok());
  EXPECT_FALSE(store_->Find(Ref("x")).has_value());
}

TEST_F(ImageStoreTest, SharedLayersStayUntilTheLastImage) {
  const std::string a = Add("a"), ab = Add("ab"), abc = Add("abc", "", ab);
  EXPECT_EQ(store_->Children(ab), std::vector<std::string>{abc});
  EXPECT_TRUE(store_->IsLayerBlob(Sha256Digest("ab"), Sha256Digest("b")));
  EXPECT_FALSE(store_->IsLayerBlob(Sha256Digest("ab"), Sha256Digest("c")));
  ASSERT_TRUE(store_->Delete(abc).ok());
  EXPECT_EQ(*store_->ForgetUnusedLayers(), std::vector<std::string>{Sha256Digest("abc")});
  EXPECT_FALSE(store_->UsedBlobs().contains(Sha256Digest("c")));
  ASSERT_TRUE(store_->Delete(ab).ok());
  EXPECT_EQ(store_->UsedLayers(), std::set<std::string>{Sha256Digest("a")});
  ASSERT_TRUE(store_->Delete(a).ok());
  // Highest first, so that nothing loses what it stands on.
  EXPECT_EQ(*store_->ForgetUnusedLayers(),
            (std::vector<std::string>{Sha256Digest("ab"), Sha256Digest("a")}));
}

TEST_F(ImageStoreTest, AnUnreadableImageHidesNoOther) {
  const std::string bad = Add("a", "bad"), good = Add("b", "good");
  ASSERT_TRUE(blobs_->Remove(bad).ok());
  Reopen();
  ASSERT_EQ(store_->List().size(), 1u);
  EXPECT_EQ(store_->List()[0].id, good);
  EXPECT_FALSE(store_->Get(bad).ok());
}

TEST_F(ImageStoreTest, ParentsAreSetWhenTheyAreThere) {
  const std::string a = Add("a"), ab = Add("ab");
  ASSERT_TRUE(store_->SetParent(ab, Sha256Digest("unknown")).ok());
  EXPECT_EQ(store_->Get(ab)->parent, "");
  ASSERT_TRUE(store_->SetParent(ab, a).ok());
  EXPECT_EQ(store_->Get(ab)->parent, a);
  Add("ab");  // loaded again
  EXPECT_EQ(store_->Get(ab)->parent, a);
}

}  // namespace
}  // namespace buoy::image
