#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/distribution/repository.h"
#include "common/reference/reference.h"
#include "daemon/image/context.h"
#include "daemon/image/progress_lines.h"
#include "daemon/image/push_manifest.h"

namespace buoy::image {

// Pushes images to one repository of one registry; blobs that are there are skipped, blobs that
// another repository of the registry has are mounted. The caller holds `contents` shared.
class Pusher {
 public:
  Pusher(const Context& context, std::shared_ptr<distribution::Repository> repository,
         Reference name, int max_uploads, distribution::CancelSource& cancel,
         const ProgressSink& progress)
      : context_(context),
        repository_(std::move(repository)),
        name_(std::move(name)),
        max_uploads_(max_uploads),
        cancel_(cancel),
        progress_(progress) {}

  // Uploads what is missing of the image and sets the tag; the manifest's digest.
  Result<std::string> Push(const Image& image, const std::string& tag);

 private:
  enum class Phase { kWaiting, kPreparing, kPushing, kPushed, kExists, kMounted };
  struct Upload {
    PushManifest::Layer layer;
    std::atomic<Phase> phase{Phase::kWaiting};
    std::atomic<int64_t> sent{0};
    std::string mounted_from;  // set before kMounted
    // Of the reporting thread.
    Phase said = Phase::kPreparing;
    int64_t said_bytes = -1;
    bool finished() const { return phase >= Phase::kPushed; }
  };

  Status UploadAll(const PushManifest& manifest);
  Status UploadLayer(Upload& upload);
  Status TryUpload(Upload& upload);
  Status UploadConfig(const std::string& id);
  std::vector<std::string> MountCandidates(const std::string& blob) const;
  Status WaitAndReport(std::vector<std::unique_ptr<Upload>>& uploads);
  Status Report(Upload& upload);

  const Context& context_;
  const std::shared_ptr<distribution::Repository> repository_;
  const Reference name_;
  const int max_uploads_;
  distribution::CancelSource& cancel_;
  const ProgressSink& progress_;
  std::set<std::string> remote_;  // blobs known to be there, from tag to tag
  std::mutex mutex_;
  std::optional<Error> error_;  // the first
};

}  // namespace buoy::image
