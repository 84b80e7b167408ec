#include "daemon/image/testing/image_fixture.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "common/archive/tar_writer.h"
#include "common/digest/digest.h"
#include "common/unix/file.h"
#include "daemon/storage/overlay_driver.h"

namespace buoy::image {

namespace fs = std::filesystem;

std::string MakeTar(const Members& members) {
  StringSink out;
  auto writer = *TarWriter::Open(out);
  for (const auto& [path, data] : members) {
    TarEntry entry;
    entry.path = path;
    entry.mtime = {1700000000, 0};
    Status status;
    if (path.ends_with('@') || path.ends_with('=')) {
      entry.type = path.ends_with('@') ? TarType::kSymlink : TarType::kHardlink;
      entry.path.pop_back();
      entry.link_target = data;
      status = writer->Begin(entry);
    } else if (path.ends_with('/')) {
      entry.type = TarType::kDirectory;
      entry.mode = 0755;
      status = writer->Begin(entry);
    } else {
      status = writer->AddFile(entry, data);
    }
    EXPECT_TRUE(status.ok()) << path;
  }
  EXPECT_TRUE(writer->Finish().ok());
  return out.Take();
}

std::string ConfigOf(const TestImage& image) {
  std::string diff_ids;
  for (const auto& layer : image.layers) {
    diff_ids += (diff_ids.empty() ? "\"" : ",\"") + Sha256Digest(layer) + "\"";
  }
  return R"({"architecture":"amd64","os":"linux","created":")" + image.created + R"(","config":)" +
         image.container_config + image.config_extra +
         R"(,"rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}";
}

std::string IdOf(const TestImage& image) { return Sha256Digest(ConfigOf(image)); }

std::string MakeArchive(const std::vector<TestImage>& images) {
  Members members;
  std::set<std::string> seen;
  auto add = [&](const std::string& data) {
    const std::string path = "blobs/sha256/" + DigestHex(Sha256Digest(data));
    if (seen.insert(path).second) members.emplace_back(path, data);
    return "\"" + path + "\"";
  };
  std::string manifest;
  for (const auto& image : images) {
    std::string layers, tags;
    for (const auto& layer : image.layers) layers += (layers.empty() ? "" : ",") + add(layer);
    for (const auto& tag : image.tags) tags += (tags.empty() ? "\"" : ",\"") + tag + "\"";
    manifest += (manifest.empty() ? "" : ",") + (R"({"Config":)" + add(ConfigOf(image))) +
                R"(,"RepoTags":[)" + tags + R"(],"Layers":[)" + layers + "]}";
  }
  members.emplace_back("manifest.json", "[" + manifest + "]");
  return MakeTar(members);
}

void ImageFixture::SetUp() {
  root_ = testing::TempDir() + "/images";
  ASSERT_TRUE(RemoveAll(root_).ok());
  ASSERT_TRUE(MakeDirs(root_).ok());
  Restart();
}

void ImageFixture::TearDown() {
  service_.reset();
  driver_.reset();
  db_.reset();
  EXPECT_TRUE(RemoveAll(root_).ok());
}

void ImageFixture::Restart() {
  service_.reset();
  db_.reset();
  db_ = *state::Db::Open(root_ + "/buoy.db");
  blobs_ = *BlobStore::Open(root_ + "/blobs");
  store_ = std::make_unique<ImageStore>(*db_, *blobs_);
  driver_ = *storage::OverlayDriver::Open(root_);
  Context context{*blobs_, *store_, *driver_, events_, contents_, &usage_};
  auto collected = CollectAtStart(context);
  ASSERT_TRUE(collected.ok()) << collected.error().message();
  service_ = std::make_unique<ImageService>(context, commits_);
}

std::string ImageFixture::Load(const std::string& archive, bool quiet,
                               const std::string& platform) {
  StringSource source(archive);
  std::string lines;
  auto status = service_->Load(source, quiet, platform, [&](const std::string& line) {
    lines += line;
    return Ok();
  });
  return status.ok() ? lines : lines + "ERROR: " + status.error().message();
}

std::string ImageFixture::Save(const std::vector<std::string>& refs) {
  StringSink out;
  auto status = service_->Save(refs, "", [&]() -> Result<ByteSink*> { return &out; });
  return status.ok() ? out.Take() : "ERROR: " + status.error().message();
}

std::string ImageFixture::Remove(const std::string& ref, bool force, bool no_prune) {
  auto items = service_->Remove(ref, force, no_prune);
  if (!items.ok()) return "ERROR: " + items.error().message();
  std::string text;
  for (const auto& item : *items) {
    text += item.untagged.empty() ? "Deleted: " + ShortId(item.deleted) + "\n"
                                  : "Untagged: " + item.untagged + "\n";
  }
  return text;
}

std::string ImageFixture::List(const api::Filters& filters, bool all) {
  api::ImageListOptions options;
  options.filters = filters;
  options.all = all;
  auto images = service_->List(options);
  if (!images.ok()) return "ERROR: " + images.error().message();
  std::string text;
  for (const auto& image : *images) {
    for (const auto& tag : image.repo_tags) text += tag + " ";
    if (image.repo_tags.empty()) text += "<none> ";
  }
  return text;
}

std::string ImageFixture::OnDisk() const {
  std::string text;
  for (const char* folder : {"/blobs/sha256", "/blobs/.staging", "/overlay"}) {
    for (const auto& entry : fs::directory_iterator(root_ + folder)) {
      if (entry.path().filename() != ".staging") text += entry.path().filename().string() + " ";
    }
  }
  if (PathExists(root_ + "/overlay/.staging")) {
    for (const auto& entry : fs::directory_iterator(root_ + "/overlay/.staging")) {
      text += "staged:" + entry.path().filename().string() + " ";
    }
  }
  return text;
}

size_t ImageFixture::BlobCount() const {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(root_ + "/blobs/sha256"), fs::directory_iterator()));
}

}  // namespace buoy::image
