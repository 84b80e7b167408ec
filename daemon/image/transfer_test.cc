// Save, import and commit, read back by others.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdlib>

#include "common/archive/compression.h"
#include "common/archive/tar_reader.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/image/testing/image_fixture.h"

namespace buoy::image {
namespace {

std::string Zstd(const std::string& data) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), 3));
  return out;
}
std::string Gzip(const std::string& data) {
  StringSink out;
  auto gzip = NewGzipSink(out);
  EXPECT_TRUE(gzip->Write(data).ok());
  EXPECT_TRUE(gzip->Finish().ok());
  return out.Take();
}
std::string BlobPath(const std::string& data) {
  return "blobs/sha256/" + DigestHex(Sha256Digest(data));
}
TestImage Base() {
  TestImage image;
  image.layers = {MakeTar({{"bin/", ""}, {"bin/sh", "shell"}}), MakeTar({{"file", "x"}})};
  image.container_config = R"({"Cmd":["sh"]})";
  image.config_extra = R"(,"history":[{"created_by":"a"},{"created_by":"b"}])";
  image.tags = {"busybox:latest"};
  return image;
}
std::string Packed(const std::string& data, const std::string& how) {
  return how == "+zstd" ? Zstd(data) : how == "+gzip" ? Gzip(data) : data;
}

// An OCI layout without a manifest.json. `packing`: "", "+gzip" or "+zstd".
std::string OciLayout(const TestImage& image, const std::string& packing,
                      std::string* manifest_out = nullptr) {
  Members members;
  auto add = [&](const std::string& type, const std::string& data) {
    members.emplace_back(BlobPath(data), data);
    return R"({"mediaType":"application/vnd.oci.image.)" + type + R"(","digest":")" +
           Sha256Digest(data) + R"(","size":)" + std::to_string(data.size());
  };
  std::string layers;
  for (const auto& layer : image.layers) {
    layers +=
        (layers.empty() ? "" : ",") + add("layer.v1.tar" + packing, Packed(layer, packing)) + "}";
  }
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
      add("config.v1+json", ConfigOf(image)) + R"(},"layers":[)" + layers +
      R"(],"annotations":{"made":"elsewhere"}})";
  members.emplace_back("index.json", R"({"schemaVersion":2,"manifests":[)" +
                                         add("manifest.v1+json", manifest) +
                                         R"(,"annotations":{"io.containerd.image.name":)"
                                         R"("docker.io/library/busybox:latest"}}]})");
  if (manifest_out != nullptr) *manifest_out = manifest;
  return MakeTar(members);
}

class Transfer : public ImageFixture {
 protected:
  // Runs a shell command with $ARCHIVE; what it prints, or its status.
  std::string Shell(const std::string& archive, const std::string& command) {
    const std::string path = root_ + "/archive.tar", out = root_ + "/out";
    EXPECT_TRUE(WriteFileAtomic(path, archive).ok());
    const int status =
        std::system(("ARCHIVE=" + path + "; (" + command + ") >" + out + " 2>&1").c_str());
    std::string text = ReadFile(out).value_or("");
    return status == 0 ? text : "STATUS " + std::to_string(status) + ": " + text;
  }
  std::string Import(const std::string& tar, const api::ImageImportOptions& options = {}) {
    StringSource source(tar);
    std::string lines;
    auto status = service_->Import(source, options, [&](const std::string& line) {
      lines += line;
      return Ok();
    });
    return status.ok() ? lines : "ERROR: " + status.error().message();
  }
};

std::string Member(const std::string& archive, const std::string& path) {
  StringSource source(archive);
  auto reader = *TarReader::Open(source);
  TarEntry entry;
  while (*reader->Next(&entry)) {
    if (entry.path == path) return *ReadAll(reader->EntryData());
  }
  return "";
}

class Packings : public Transfer, public testing::WithParamInterface<const char*> {};

// Blobs and manifest leave as they came, and everybody can read the archive.
TEST_P(Packings, GoThroughUnchanged) {
  const TestImage base = Base();
  std::string manifest;
  EXPECT_EQ(Load(OciLayout(base, GetParam(), &manifest)),
            R"({"stream":"Loaded image: busybox:latest\n"})");
  EXPECT_EQ(service_->Inspect("busybox")->id, IdOf(base));
  const std::string saved = Save({"busybox"});
  EXPECT_EQ(Member(saved, BlobPath(manifest)), manifest);
  for (const auto& layer : base.layers) {
    const std::string packed = Packed(layer, GetParam());
    EXPECT_EQ(Member(saved, BlobPath(packed)), packed);
  }
  EXPECT_EQ(Member(saved, "oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(Shell(saved, "skopeo inspect --raw oci-archive:$ARCHIVE:latest"), manifest);
  EXPECT_EQ(Shell(saved, "skopeo inspect --config --raw docker-archive:$ARCHIVE:busybox:latest"),
            ConfigOf(base));
  EXPECT_EQ(Shell(saved, "skopeo copy -q docker-archive:$ARCHIVE dir:" + root_ + "/copy"), "");
  // Podman wants short paths.
  const std::string podman =
      "D=$(mktemp -d /tmp/pm.XXXXXX); P=\"podman --root $D/r --runroot $D/n --storage-driver "
      "vfs\"; "
      "$P load -q -i $ARCHIVE && $P images -q --no-trunc; S=$?; rm -rf $D; exit $S";
  EXPECT_EQ(Shell(saved, podman),
            "Loaded image: docker.io/library/busybox:latest\n" + IdOf(base) + "\n");

  EXPECT_NE(Remove("busybox").find("Deleted"), std::string::npos);
  EXPECT_EQ(Load(saved), R"({"stream":"Loaded image: busybox:latest\n"})");
  EXPECT_TRUE(Save({"busybox"}) == saved);  // too long to print
  EXPECT_NE(Remove("busybox").find("Deleted"), std::string::npos);
  EXPECT_EQ(OnDisk(), "");
}
INSTANTIATE_TEST_SUITE_P(All, Packings, testing::Values("", "+gzip", "+zstd"));

TEST_F(Transfer, WholeArchivesMayBeCompressed) {
  const std::string archive = MakeArchive({Base()});
  for (const std::string& packed : {Gzip(archive), Zstd(archive)}) {
    EXPECT_EQ(Load(packed), R"({"stream":"Loaded image: busybox:latest\n"})");
    EXPECT_NE(Remove("busybox").find("Deleted"), std::string::npos);
  }
  EXPECT_EQ(Shell(archive, "xz -c $ARCHIVE > $ARCHIVE.xz"), "");
  EXPECT_EQ(Load(*ReadFile(root_ + "/archive.tar.xz")),
            R"({"stream":"Loaded image: busybox:latest\n"})");
}

TEST_F(Transfer, ArchivesOfSkopeo) {
  const std::string archive = MakeArchive({Base()});
  EXPECT_EQ(Shell(archive, "skopeo copy -q docker-archive:$ARCHIVE oci-archive:" + root_ +
                               "/oci.tar:docker.io/library/other:1"),
            "");
  EXPECT_EQ(Load(*ReadFile(root_ + "/oci.tar")), R"({"stream":"Loaded image: other:1\n"})");
  EXPECT_EQ(Shell(archive, "skopeo copy -q docker-archive:$ARCHIVE docker-archive:" + root_ +
                               "/docker.tar:third:2"),
            "");
  EXPECT_EQ(Load(*ReadFile(root_ + "/docker.tar")), R"({"stream":"Loaded image: third:2\n"})");
}

TEST_F(Transfer, ANameAloneSavesAllItsTagsAndOnlyThem) {
  ASSERT_EQ(Load(MakeArchive({Base()})).find("ERROR"), std::string::npos);
  ASSERT_TRUE(service_->Tag("busybox", "busybox", "2").ok());
  ASSERT_TRUE(service_->Tag("busybox", "other", "3").ok());
  const std::string saved = Save({"busybox"});
  EXPECT_NE(Member(saved, "manifest.json").find(R"("RepoTags":["busybox:2","busybox:latest"])"),
            std::string::npos);
  EXPECT_NE(Member(Save({IdOf(Base())}), "manifest.json").find(R"("RepoTags":null)"),
            std::string::npos);
  EXPECT_EQ(Shell(saved, "skopeo inspect --format '{{.Name}}' docker-archive:$ARCHIVE:busybox:2"),
            "docker.io/library/busybox\n");
}

TEST_F(Transfer, PlatformsThatAreNotThere) {
  const std::string archive = MakeArchive({Base()});
  EXPECT_EQ(Load(archive, true, "linux/arm64"),
            "ERROR: the archive has no image for the platform linux/arm64");
  EXPECT_EQ(OnDisk(), "");
  ASSERT_EQ(Load(archive, true, "linux/amd64").find("ERROR"), std::string::npos);
  StringSink out;
  auto status =
      service_->Save({"busybox"}, "linux/arm64", [&]() -> Result<ByteSink*> { return &out; });
  EXPECT_EQ(status.error().message(),
            "image with reference busybox:latest was found but its platform (linux/amd64) does "
            "not match the specified platform (linux/arm64)");
}

TEST_F(Transfer, ImportMakesAnImageOfOneLayer) {
  api::ImageImportOptions options;
  options.repo = "my";
  options.tag = "1";
  options.message = "Imported from -";
  options.changes = {"CMD [\"run\"]", "ENV A=b"};
  const std::string tar = MakeTar({{"file", "12345"}});
  for (const std::string& body : {tar, Gzip(tar), Zstd(tar)}) {
    const std::string answer = Import(body, options);
    auto image = *service_->Inspect("my:1");
    EXPECT_EQ(answer, R"({"status":")" + image.id + "\"}");
    EXPECT_EQ(image.comment, "Imported from -");
    EXPECT_EQ(image.config.cmd, std::vector<std::string>{"run"});
    EXPECT_EQ(image.config.env, std::vector<std::string>{"A=b"});
    EXPECT_EQ(image.root_fs.layers, std::vector<std::string>{Sha256Digest(tar)});
    EXPECT_EQ(image.size, 5);
    EXPECT_NE(Remove("my:1").find("Deleted"), std::string::npos);
    EXPECT_EQ(OnDisk(), "");
  }
  EXPECT_EQ(events_.text.substr(0, 11), "tag import ");
}

TEST_F(Transfer, ImportsThatFailLeaveNothing) {
  api::ImageImportOptions options;
  options.changes = {"RUN x"};
  EXPECT_EQ(Import(MakeTar({{"a", "1"}}), options), "ERROR: run is not a valid change command");
  EXPECT_NE(Import(std::string(5000, 'x')).find("ERROR"), std::string::npos);
  EXPECT_NE(Import(MakeTar({{"../a", "1"}})).find("is outside of"), std::string::npos);
  options = {};
  options.repo = "BAD";
  EXPECT_NE(Import(MakeTar({{"a", "1"}}), options).find("must be lowercase"), std::string::npos);
  EXPECT_EQ(OnDisk(), "");
}

class FakeContainers : public CommitSource {
 public:
  Result<CommitContainer> Find(const std::string& ref) override {
    if (ref != "c1") return NotFound("No such container: " + ref);
    return container;
  }
  Result<std::shared_ptr<void>> Freeze(const std::string&) override {
    ++frozen;
    return std::shared_ptr<void>(nullptr, [this](void*) { ++thawed; });
  }
  void Complete(types::ContainerConfig& user, const types::ContainerConfig& own) override {
    if (user.user.empty()) user.user = own.user;
  }
  void Committed(const std::string& id, const std::string& image, const std::string& reference,
                 const std::string& comment) override {
    said = id + " " + image + " " + reference + " " + comment;
  }
  CommitContainer container;
  int frozen = 0, thawed = 0;
  std::string said;
};

class CommitTest : public Transfer {
 protected:
  void SetUp() override {
    commits_ = &containers_;
    Transfer::SetUp();
    ASSERT_EQ(Load(MakeArchive({Base()})).find("ERROR"), std::string::npos);
    containers_.container.id = "c1";
    containers_.container.image_id = IdOf(Base());
    containers_.container.config.cmd = std::vector<std::string>{"touch", "new"};
    containers_.container.config.user = "me";
    ASSERT_TRUE(driver_->PrepareContainerRootfs("c1", store_->Get(IdOf(Base()))->chain_id()).ok());
  }
  void TearDown() override {
    EXPECT_TRUE(driver_->Remove("c1").ok());
    Transfer::TearDown();
  }
  FakeContainers containers_;
};

TEST_F(CommitTest, AddsTheContainersLayer) {
  const std::string rootfs = *driver_->Mount("c1");
  ASSERT_TRUE(WriteFileAtomic(rootfs + "/new", "123").ok());
  ASSERT_TRUE(RemoveAll(rootfs + "/bin/sh").ok());
  api::ImageCommitOptions options;
  options.container = "c1";
  options.repo = "committed";
  options.comment = "why";
  options.author = "me";
  options.changes = {"LABEL x=y"};
  auto id = service_->Commit(options);
  ASSERT_TRUE(id.ok()) << id.error().message();
  EXPECT_EQ(containers_.frozen, 1);
  EXPECT_EQ(containers_.thawed, 1);
  EXPECT_EQ(containers_.said, "c1 " + *id + " committed:latest why");
  auto image = *service_->Inspect("committed");
  EXPECT_EQ(image.id, *id);
  EXPECT_EQ(image.parent, IdOf(Base()));
  EXPECT_EQ(image.root_fs.layers.size(), 3u);
  EXPECT_EQ(image.config.labels["x"], "y");
  EXPECT_EQ(image.config.user, "me");
  EXPECT_EQ(image.comment, "why");
  EXPECT_EQ(image.author, "me");
  EXPECT_EQ(image.size, 6 + 3);
  auto history = *service_->History(*id);
  EXPECT_EQ(history[0].created_by, "touch new");
  EXPECT_EQ(history[0].size, 3);
  EXPECT_EQ(history[0].id, *id);

  // The parent cannot go before its child, and goes with it when it has no other name.
  EXPECT_EQ(Remove(IdOf(Base()), true),
            "ERROR: conflict: unable to delete " + ShortId(IdOf(Base())) +
                " (cannot be forced) - image has dependent child images");
  EXPECT_EQ(Remove("busybox"), "Untagged: busybox:latest\n");
  EXPECT_EQ(List(), "committed:latest ");
  EXPECT_EQ(List({}, true), "committed:latest <none> ");
  ASSERT_TRUE(driver_->Remove("c1").ok());
  const std::string report = Remove("committed");
  EXPECT_NE(report.find("Deleted: " + ShortId(*id)), std::string::npos);
  EXPECT_NE(report.find("Deleted: " + ShortId(IdOf(Base()))), std::string::npos);
  EXPECT_EQ(OnDisk(), "");
}

TEST_F(CommitTest, NothingChangedMeansNoLayer) {
  api::ImageCommitOptions options;
  options.container = "c1";
  options.pause = false;
  auto id = service_->Commit(options);
  ASSERT_TRUE(id.ok()) << id.error().message();
  EXPECT_EQ(containers_.frozen, 0);
  EXPECT_EQ(service_->Inspect(*id)->root_fs.layers.size(), 2u);
  EXPECT_TRUE(store_->Get(*id)->config->history.back().empty_layer);
}

TEST_F(CommitTest, Errors) {
  api::ImageCommitOptions options;
  options.container = "nope";
  EXPECT_EQ(service_->Commit(options).error().message(), "No such container: nope");
  options.container = "c1";
  options.changes = {"RUN x"};
  EXPECT_EQ(service_->Commit(options).error().message(), "run is not a valid change command");
  options.changes = {};
  options.repo = "x@" + Sha256Digest("x");
  EXPECT_EQ(service_->Commit(options).error().message(), "cannot import digest reference");
}

}  // namespace
}  // namespace buoy::image
