// What a hostile `docker load` or `docker import` may hold. After each the store is as empty as
// before.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "common/archive/compression.h"
#include "common/digest/digest.h"
#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "daemon/image/testing/image_fixture.h"

namespace buoy::image {
namespace {

using HostileArchives = ImageFixture;

std::string BlobPath(const std::string& data) {
  return "blobs/sha256/" + DigestHex(Sha256Digest(data));
}

std::string Gzip(const std::string& data) {
  StringSink out;
  auto gzip = NewGzipSink(out);
  EXPECT_TRUE(gzip->Write(data).ok());
  EXPECT_TRUE(gzip->Finish().ok());
  return out.Take();
}

TestImage WithLayer(const std::string& layer) {
  TestImage image;
  image.layers = {layer};
  image.tags = {"evil:1"};
  return image;
}

// An archive with this manifest.json and these members.
std::string WithManifest(const std::string& manifest, Members members = {}) {
  members.emplace_back("manifest.json", manifest);
  return MakeTar(members);
}

struct Case {
  const char* what;
  std::string archive;
  std::string error;  // a part of the text
};

std::vector<Case> Outside() {
  const TestImage good = WithLayer(MakeTar({{"a", "1"}}));
  const std::string config = ConfigOf(good);
  auto manifest = [&](const std::string& config_path, const std::string& layer_path) {
    return R"([{"Config":")" + config_path + R"(","RepoTags":["evil:1"],"Layers":[")" + layer_path +
           "\"]}]";
  };
  return {
      {"member above the root", MakeTar({{"../x", "1"}}), "is outside of"},
      {"member deep above the root", MakeTar({{"a/../../x", "1"}}), "is outside of"},
      {"config of the host", WithManifest(manifest("/etc/hostname", "l"), {{"l", good.layers[0]}}),
       "no such file or directory"},
      {"config above the root", WithManifest(manifest("../../etc/hostname", "l")), "bad path"},
      {"layer by a symlink out",
       WithManifest(manifest("c", "l"), {{"c", config}, {"l@", "/etc/hostname"}}),
       "open l: no such file or directory"},
      {"layer by a climbing symlink",
       WithManifest(manifest("c", "l"), {{"c", config}, {"l@", "../../../etc/hostname"}}),
       "open l: no such file or directory"},
      {"layer by a symlink to itself",
       WithManifest(manifest("c", "l"), {{"c", config}, {"l@", "l"}}),
       "open l: no such file or directory"},
      {"layer by a hard link out",
       WithManifest(manifest("c", "l"), {{"c", config}, {"l=", "/etc/hostname"}}),
       "open l: no such file or directory"},
      {"layer that climbs", MakeArchive({WithLayer(MakeTar({{"../../x", "1"}}))}), "is outside of"},
      {"layer with a hard link out",
       MakeArchive({WithLayer(MakeTar({{"x=", "../../../etc/passwd"}}))}), "invalid hardlink"},
      {"layer with a bad whiteout", MakeArchive({WithLayer(MakeTar({{"a/.wh..", ""}}))}),
       "invalid whiteout"},
  };
}

std::vector<Case> Broken() {
  const TestImage good = WithLayer(MakeTar({{"a", "1"}}));
  const std::string config = ConfigOf(good), layer = good.layers[0];
  TestImage other = good;
  other.layers = {MakeTar({{"b", "2"}})};
  auto item = [&](const std::string& layers, const std::string& tag = "evil:1") {
    return R"([{"Config":"c","RepoTags":[")" + tag + R"("],"Layers":[)" + layers + "]}]";
  };
  const std::string whole = MakeArchive({good});
  return {
      {"nothing", "", "does not contain a manifest.json"},
      {"no tar", std::string(5000, 'x'), ""},
      {"cut short", whole.substr(0, 2000), "unexpected EOF"},
      {"no manifest", MakeTar({{"a", "1"}}), "does not contain a manifest.json"},
      {"null manifest", WithManifest("null"), "manifest cannot be null"},
      {"manifest is an object", WithManifest("{}"), "not an array"},
      {"manifest is deep", WithManifest(std::string(200'000, '[')), "manifest.json"},
      {"manifest of strings", WithManifest(R"(["a"])"), "no such file or directory"},
      {"config is missing", WithManifest(item("\"l\"")), "open c: no such file or directory"},
      {"config is no JSON", WithManifest(item("\"l\""), {{"c", "x"}, {"l", layer}}), "invalid"},
      {"config is deep", WithManifest(item("\"l\""), {{"c", std::string(200'000, '[')}}), ""},
      {"layer is missing", WithManifest(item("\"l\""), {{"c", config}}),
       "open l: no such file or directory"},
      {"a layer too few", WithManifest(item(""), {{"c", config}}),
       "layers length mismatch: expected 1, got 0"},
      {"a layer too many", WithManifest(item(R"("l","l")"), {{"c", config}, {"l", layer}}),
       "layers length mismatch: expected 1, got 2"},
      {"another layer", WithManifest(item("\"l\""), {{"c", config}, {"l", other.layers[0]}}),
       "invalid diffID for layer 0: expected \"" + Sha256Digest(layer) + "\", got \"" +
           Sha256Digest(other.layers[0]) + "\""},
      {"layer is no tar", MakeArchive({WithLayer("not a tar" + std::string(2000, 'z'))}), ""},
      {"blob with another's name",
       WithManifest(R"([{"Config":"c","Layers":[")" + BlobPath("zzz") + "\"]}]",
                    {{"c", config}, {BlobPath("zzz"), layer}}),
       "has digest"},
      {"bad tag", WithManifest(item("\"l\"", "no tag"), {{"c", config}, {"l", layer}}),
       "invalid tag \"no tag\""},
      {"tag with a digest only",
       WithManifest(item("\"l\"", "x@" + Sha256Digest("y")), {{"c", config}, {"l", layer}}),
       "invalid tag"},
      {"index of itself",
       MakeTar({{"index.json", R"({"manifests":[{"mediaType":)"
                               R"("application/vnd.oci.image.index.v1+json","digest":")" +
                                   Sha256Digest("x") + "\"}]}"},
                {BlobPath("x"), "x"}}),
       "invalid archive: index"},
      {"index with a path as digest",
       MakeTar({{"index.json", R"({"manifests":[{"digest":"sha256:../../../../etc/passwd"}]})"}}),
       "invalid checksum digest"},
      {"index of nothing", MakeTar({{"index.json", "[]"}}), "index without manifests"},
      {"windows",
       [&] {
         TestImage windows = good;
         windows.config_extra = R"(,"os":"windows")";
         return MakeArchive({windows});
       }(),
       ""},
  };
}

TEST_F(HostileArchives, NothingOutsideAndNothingHalfMade) {
  ASSERT_EQ(OnDisk(), "");
  for (const auto& list : {Outside(), Broken()}) {
    for (const auto& item : list) {
      const std::string answer = Load(item.archive);
      if (std::string(item.what) == "windows") continue;
      EXPECT_NE(answer.find("ERROR: "), std::string::npos) << item.what << ": " << answer;
      EXPECT_NE(answer.find(item.error), std::string::npos) << item.what << ": " << answer;
      EXPECT_EQ(OnDisk(), "") << item.what;
      EXPECT_EQ(List({}, true), "") << item.what;
      EXPECT_EQ(events_.text, "") << item.what;
    }
  }
  EXPECT_FALSE(PathExists(root_ + "/x"));
  EXPECT_FALSE(PathExists(root_ + "/overlay/x"));
}

TEST_F(HostileArchives, SymlinksOfALayerStayInIt) {
  // A symlink out of the layer and a file behind it: the file lands inside.
  const std::string answer = Load(MakeArchive({WithLayer(
      MakeTar({{"esc@", root_}, {"esc/owned", "1"}, {"up@", "../../.."}, {"up/owned", "1"}}))}));
  EXPECT_FALSE(PathExists(root_ + "/owned"));
  EXPECT_FALSE(PathExists(testing::TempDir() + "/owned"));
  EXPECT_FALSE(PathExists(root_ + "/overlay/owned"));
  if (answer.find("ERROR") == std::string::npos) {
    EXPECT_EQ(Remove("evil:1").substr(0, 9), "Untagged:");
  }
  EXPECT_EQ(OnDisk(), "");
}

TEST_F(HostileArchives, AnImageAfterABadOneIsNotReachedTheOneBeforeStays) {
  const TestImage good = WithLayer(MakeTar({{"a", "1"}}));
  TestImage bad = WithLayer(MakeTar({{"../b", "2"}}));
  bad.tags = {"bad:1"};
  TestImage after = WithLayer(MakeTar({{"c", "3"}}));
  after.tags = {"after:1"};
  EXPECT_NE(Load(MakeArchive({good, bad, after})).find("ERROR"), std::string::npos);
  EXPECT_EQ(List(), "evil:1 ");
  EXPECT_EQ(BlobCount(), 2u);
}

// The layer of somebody else's image is there; the archive claims it without having it.
TEST_F(HostileArchives, APresentLayerDoesNotVouchForTheBlob) {
  const TestImage victim = WithLayer(MakeTar({{"a", "1"}}));
  ASSERT_EQ(Load(MakeArchive({victim})).find("ERROR"), std::string::npos);
  TestImage thief = victim;
  thief.config_extra = R"(,"author":"thief")";
  const std::string archive =
      WithManifest(R"([{"Config":"c","RepoTags":["thief:1"],"Layers":["l"]}])",
                   {{"c", ConfigOf(thief)}, {"l", MakeTar({{"a", "other"}})}});
  EXPECT_NE(Load(archive).find("invalid diffID for layer 0"), std::string::npos);
  EXPECT_EQ(List(), "evil:1 ");
  EXPECT_EQ(BlobCount(), 2u);
}

class SmallDisk : public ImageFixture {
 protected:
  void SetUp() override {
    ImageFixture::SetUp();
    service_.reset();
    driver_.reset();
    db_.reset();
    ASSERT_EQ(::mount("tmpfs", root_.c_str(), "tmpfs", 0, "size=16m"), 0);
    Restart();
  }
  void TearDown() override {
    service_.reset();
    driver_.reset();
    db_.reset();
    EXPECT_EQ(::umount2(root_.c_str(), MNT_DETACH), 0);
    ImageFixture::TearDown();
  }
};

TEST_F(SmallDisk, BombsAreRefusedAndLeaveRoom) {
  // 64 MB of zeros in a few KB: as a file of a layer, as a member of the archive, as no tar.
  const std::string zeros(64u << 20, '\0');
  const std::string layer = MakeTar({{"zeros", zeros}});
  const TestImage image = WithLayer(layer);
  const std::string bombs[] = {
      WithManifest(R"([{"Config":"c","Layers":["l"]}])",
                   {{"c", ConfigOf(image)}, {"l", Gzip(layer)}}),
      Gzip(MakeArchive({image})),
      Gzip(zeros + "x"),
  };
  const auto before = std::filesystem::space(root_).available;
  for (const auto& bomb : bombs) {
    EXPECT_LT(bomb.size(), 1u << 20);
    EXPECT_NE(Load(bomb).find("ERROR"), std::string::npos);
    EXPECT_EQ(OnDisk(), "");
    EXPECT_NEAR(static_cast<double>(std::filesystem::space(root_).available),
                static_cast<double>(before), 1 << 20);
  }
  StringSource import(Gzip(layer));
  EXPECT_FALSE(service_->Import(import, {}, [](const std::string&) { return Ok(); }).ok());
  EXPECT_EQ(OnDisk(), "");
}

// Dies after so many bytes of the body, or after so many lines of progress.
class DeadlySource : public ByteSource {
 public:
  DeadlySource(std::string data, size_t limit) : inner_(std::move(data)), left_(limit) {}
  Result<size_t> Read(std::span<char> buffer) override {
    if (left_ == 0) ::kill(::getpid(), SIGKILL);
    auto n = inner_.Read(buffer.subspan(0, std::min({left_, buffer.size(), size_t{512}})));
    left_ -= *n;
    return n;
  }

 private:
  StringSource inner_;
  size_t left_;
};

TEST_F(HostileArchives, KilledAtAnyPointLeaksNothing) {
  TestImage image = WithLayer(MakeTar({{"a", std::string(2000, 'x')}}));
  image.layers.push_back(MakeTar({{"b", std::string(2000, 'y')}}));
  const std::string archive = MakeArchive({image});
  const size_t steps = 8;
  for (size_t step = 0; step < 2 * steps; ++step) {
    service_.reset();
    driver_.reset();
    db_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
      Restart();
      const bool by_bytes = step < steps;
      DeadlySource source(archive, by_bytes ? archive.size() * step / steps : SIZE_MAX);
      size_t lines = step - steps;
      (void)service_->Load(source, by_bytes, "", [&](const std::string&) {
        if (!by_bytes && lines-- == 0) ::kill(::getpid(), SIGKILL);
        return Ok();
      });
      ::_exit(0);
    }
    int status;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(step >= steps || WIFSIGNALED(status)) << step;
    Restart();
    const std::string list = List();
    if (list.empty()) {
      EXPECT_EQ(OnDisk(), "") << step;
    } else {  // it got as far as the image's row: then all of it is there
      EXPECT_EQ(BlobCount(), 3u) << step;
      EXPECT_EQ(driver_->ListLayers()->size(), 2u) << step;
      EXPECT_NE(Remove(IdOf(image), true).find("Deleted"), std::string::npos);
      EXPECT_EQ(OnDisk(), "") << step;
    }
  }
}

TEST_F(HostileArchives, AnyFlippedByteIsSurvived) {
  const TestImage image = WithLayer(MakeTar({{"a", "1"}}));
  const std::string archive = MakeArchive({image});
  uint32_t random = 12345;
  for (int i = 0; i < 400; ++i) {
    std::string broken = archive;
    for (int flips = 0; flips < 3; ++flips) {
      random = random * 1664525 + 1013904223;
      broken[(random >> 8) % broken.size()] ^= static_cast<char>(1u << (random >> 29));
    }
    std::string answer = Load(broken);
    if (answer.find("ERROR") == std::string::npos) {
      const auto images = *service_->List({});
      for (const auto& summary : images) answer += Remove(summary.id, true);
    }
    ASSERT_EQ(OnDisk(), "") << i << ": " << answer << " / " << List({}, true);
  }
}

}  // namespace
}  // namespace buoy::image
