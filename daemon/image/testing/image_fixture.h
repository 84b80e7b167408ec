#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/image/image_service.h"
#include "daemon/state/db.h"
#include "daemon/storage/storage_driver.h"

// For tests of the image service with a real database and the real overlay driver (root).
namespace buoy::image {

using Members = std::vector<std::pair<std::string, std::string>>;  // "d/" = folder, "l@" = symlink,
                                                                   // "h=" = hard link
std::string MakeTar(const Members& members);

// What goes into one image of an archive.
struct TestImage {
  std::vector<std::string> layers;  // tars
  std::string config_extra;         // more keys, `,"author":"x"`
  std::string container_config = "{}";
  std::vector<std::string> tags;
  std::string created = "2023-11-14T22:13:20Z";
};
std::string ConfigOf(const TestImage& image);
std::string IdOf(const TestImage& image);
// A docker-archive (manifest.json and blobs/).
std::string MakeArchive(const std::vector<TestImage>& images);

class FakeUsage : public container::ImageUsage {
 public:
  std::vector<User> ContainersOfImage(const std::string& image_id) override {
    auto found = users.find(image_id);
    return found == users.end() ? std::vector<User>() : found->second;
  }
  std::vector<std::string> AllContainers() override { return {}; }
  std::map<std::string, std::vector<User>> users;
};

class RecordedEvents : public events::EventSink {
 public:
  void Publish(types::Event event) override {
    std::lock_guard lock(mutex);
    text += event.action + " ";
    last = std::move(event);
  }
  std::mutex mutex;
  std::string text;
  types::Event last;
};

class ImageFixture : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  // As after a crash: what was open is dropped, and the start's collection runs.
  void Restart();

  // The lines, without newlines in between; the error's message after "ERROR: ".
  std::string Load(const std::string& archive, bool quiet = true, const std::string& platform = "");
  std::string Save(const std::vector<std::string>& refs);
  // Untagged: and Deleted: lines with short IDs, or "ERROR: ...".
  std::string Remove(const std::string& ref, bool force = false, bool no_prune = false);
  // "busybox:latest " for each image of the list, "<none>" for those without.
  std::string List(const api::Filters& filters = {}, bool all = false);
  // Blobs, staged blobs, layers, staged layers: all file names.
  std::string OnDisk() const;
  size_t BlobCount() const;

  std::string root_;
  std::shared_timed_mutex contents_;
  std::unique_ptr<state::Db> db_;
  std::unique_ptr<BlobStore> blobs_;
  std::unique_ptr<ImageStore> store_;
  std::unique_ptr<storage::StorageDriver> driver_;
  std::unique_ptr<ImageService> service_;
  FakeUsage usage_;
  RecordedEvents events_;
  CommitSource* commits_ = nullptr;
};

}  // namespace buoy::image
