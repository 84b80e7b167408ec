#include <algorithm>
#include <shared_mutex>

#include "common/archive/compression.h"
#include "common/archive/filters.h"
#include "common/gotime/time.h"
#include "daemon/image/dockerfile_changes.h"
#include "daemon/image/image_service.h"

namespace buoy::image {

namespace {

// Takes a tar, keeps it compressed, and knows its diff ID and whether there is anything in it.
class DiffSink : public ByteSink {
 public:
  explicit DiffSink(BlobWriter& blob) : gzip_(NewGzipSink(blob)), hashing_(*gzip_) {}
  Status Write(std::string_view data) override {
    empty_ = empty_ && data.find_first_not_of('\0') == std::string_view::npos;
    return hashing_.Write(data);
  }
  Status Finish() { return gzip_->Finish(); }
  bool empty() const { return empty_; }
  std::string diff_id() const { return hashing_.Digest(); }

 private:
  std::unique_ptr<CompressingSink> gzip_;
  HashingSink hashing_;
  bool empty_ = true;
};

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The config of an image one step after `parent`.
ImageConfig ChildConfig(const ImageConfig& parent, const CommitContainer& container,
                        const api::ImageCommitOptions& options) {
  ImageConfig config;
  config.created = gotime::Now();
  config.author = options.author;
  config.architecture =
      parent.architecture.empty() ? HostPlatform().architecture : parent.architecture;
  config.variant = parent.variant;
  config.os = parent.OperatingSystem();
  config.os_version = parent.os_version;
  config.container = container.id;
  config.has_config = true;
  config.diff_ids = parent.diff_ids;
  config.history = parent.history;
  return config;
}

}  // namespace

Result<std::string> ImageService::Commit(const api::ImageCommitOptions& options) {
  if (commits_ == nullptr) return NotFound("No such container: " + options.container);
  BUOY_ASSIGN(auto name, ParseRepoTag(options.repo, options.tag));
  BUOY_ASSIGN(CommitContainer container, commits_->Find(options.container));
  types::ContainerConfig wanted = options.config.value_or(container.config);
  BUOY_TRY(ApplyChanges(options.changes, &wanted));
  commits_->Complete(wanted, container.config);
  auto id = [&]() -> Result<std::string> {
    std::shared_lock lock(context_.contents);
    BUOY_ASSIGN(Image parent, ParentOf(container));
    ImageConfig config = ChildConfig(*parent.config, container, options);
    config.config = std::move(wanted);
    BUOY_ASSIGN(auto layers, CommitLayers(container.id, options.pause, parent, &config));
    HistoryEntry entry{config.created, Join(container.config.cmd), options.author, options.comment,
                       layers.size() == parent.layers.size()};
    config.history.push_back(std::move(entry));
    return AddNew(config, std::move(layers), parent.id, name);
  }();
  if (!id.ok() || collect_pending_) CollectLeftovers();
  BUOY_TRY(id);
  commits_->Committed(container.id, *id, name ? name->FamiliarString() : "", options.comment);
  return id;
}

Result<Image> ImageService::ParentOf(const CommitContainer& container) {
  if (!container.image_id.empty()) return context_.store.Get(container.image_id);
  Image scratch;
  scratch.config = std::make_shared<const ImageConfig>();
  return scratch;
}

Result<std::vector<ImageLayer>> ImageService::CommitLayers(const std::string& container_id,
                                                           bool pause, const Image& parent,
                                                           ImageConfig* config) {
  BUOY_ASSIGN(auto writer, context_.blobs.NewWriter());
  DiffSink diff(*writer);
  {
    std::shared_ptr<void> frozen;
    if (pause) {
      BUOY_ASSIGN(frozen, commits_->Freeze(container_id));
    }
    BUOY_TRY(context_.storage.WriteDiff(container_id, diff));
  }
  BUOY_TRY(diff.Finish());
  if (diff.empty()) return parent.layers;
  std::vector<LayerInput> inputs;
  for (const auto& layer : parent.layers) {
    inputs.push_back({layer.diff_id, layer.blob, layer.media_type, nullptr});
  }
  BUOY_ASSIGN(std::string blob, writer->Commit());
  inputs.push_back({diff.diff_id(), blob, "application/vnd.oci.image.layer.v1.tar+gzip", nullptr});
  config->diff_ids.push_back(diff.diff_id());
  return InstallLayers(context_, inputs);
}

}  // namespace buoy::image
