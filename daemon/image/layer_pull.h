#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/distribution/manifest.h"
#include "api/distribution/repository.h"
#include "daemon/image/context.h"
#include "daemon/image/downloads.h"
#include "daemon/image/progress_lines.h"

namespace buoy::image {

// Brings the layers of one image from a registry: downloads them in parallel and unpacks each as
// soon as it is there, several at a time, while the calling thread reports. The caller holds
// `contents` shared until the image has its row.
class LayerPull {
 public:
  LayerPull(const Context& context, Downloads& downloads,
            std::shared_ptr<distribution::Repository> repository,
            distribution::CancelSource& cancel, const ProgressSink& progress)
      : context_(context),
        downloads_(downloads),
        repository_(std::move(repository)),
        cancel_(cancel),
        progress_(progress) {}

  // All layers, lowest first, installed and their blobs in the store. `diff_ids` are the config's.
  // A failing progress sink (the client has gone) ends it with kCancelled.
  Result<std::vector<ImageLayer>> Run(const std::vector<distribution::Descriptor>& layers,
                                      const std::vector<std::string>& diff_ids);

 private:
  // What was last said of a layer; in this order.
  enum class Said { kNothing, kFsLayer, kWaiting, kDownloading, kDownloaded, kExtracting, kDone };
  struct Layer {
    distribution::Descriptor blob;
    ImageLayer image;
    bool first = true;                          // of those with the same blob: it speaks for them
    bool unpacked = false;                      // in the layer store already
    std::shared_ptr<Downloads::Ticket> ticket;  // null: the blob is in the store
    std::shared_ptr<DownloadedBlob> downloaded;
    std::unique_ptr<storage::StagedLayer> staged;
    // For the report.
    std::atomic<int64_t> extracted{0};
    std::atomic<bool> extracting{false}, done{false};
    Said said = Said::kNothing;
    int64_t said_bytes = -1;
    int said_seconds = 0;
  };

  Status Plan(const std::vector<distribution::Descriptor>& layers,
              const std::vector<std::string>& diff_ids);
  Status StartDownloads();
  Status WaitAndReport();
  Status Report(Layer& layer);
  Status ReportDownload(Layer& layer, const DownloadState& state);
  Status Say(Layer& layer, Said said, const std::string& status);
  // Whether the blob is there; an error when it will not come.
  Result<bool> BlobReady(Layer& layer);
  void Unpacker();
  Status Unpack(Layer& layer, size_t index);
  Result<std::vector<ImageLayer>> Commit();
  void Fail(Error error);
  void DiscardUnless(const Error& error);

  const Context& context_;
  Downloads& downloads_;
  const std::shared_ptr<distribution::Repository> repository_;
  distribution::CancelSource& cancel_;
  const ProgressSink& progress_;
  std::vector<std::unique_ptr<Layer>> layers_;
  size_t present_ = 0;  // that many of the lowest are unpacked already
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<size_t> ready_;  // to be unpacked, by index
  bool no_more_ = false;
  std::atomic<bool> given_up_{false};
  std::atomic<size_t> finished_{0};
  std::optional<Error> error_;  // the first
};

}  // namespace buoy::image
