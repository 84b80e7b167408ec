#include "daemon/image/layer_pull.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <thread>

#include "common/archive/compression.h"
#include "common/archive/filters.h"
#include "common/digest/digest.h"

namespace buoy::image {

namespace {

constexpr std::chrono::milliseconds kReportEvery{100};
constexpr unsigned kMostUnpackers = 4;
// gzip cannot do better than 1032 : 1.
constexpr uint64_t kMaxRatio = 1032;
constexpr uint64_t kRatioSlack = 1u << 20;

Error FailedLayer(Error error) { return std::move(error).Context("failed to register layer"); }

}  // namespace

Status LayerPull::Plan(const std::vector<distribution::Descriptor>& layers,
                       const std::vector<std::string>& diff_ids) {
  std::map<std::string, bool> seen;
  std::string parent;
  for (size_t i = 0; i < layers.size(); ++i) {
    auto layer = std::make_unique<Layer>();
    layer->blob = layers[i];
    layer->image.diff_id = diff_ids[i];
    layer->image.chain_id = parent = storage::ChainId(parent, diff_ids[i]);
    layer->image.blob = layers[i].digest;
    layer->image.media_type =
        layers[i].media_type.empty() ? distribution::kDockerLayer : layers[i].media_type;
    layer->first = seen.emplace(layers[i].digest, true).second;
    layers_.push_back(std::move(layer));
  }
  for (present_ = 0; present_ < layers_.size(); ++present_) {
    auto info = context_.storage.GetLayer(layers_[present_]->image.chain_id);
    if (!info.ok()) break;
    layers_[present_]->image.size = info->size;
    layers_[present_]->unpacked = true;
  }
  return Ok();
}

Status LayerPull::StartDownloads() {
  std::map<std::string, std::shared_ptr<Downloads::Ticket>> tickets;
  for (auto& layer : layers_) {
    const std::string id = ShortId(layer->blob.digest);
    const bool here = context_.blobs.Has(layer->blob.digest);
    if (here && layer->unpacked &&
        context_.store.IsLayerBlob(layer->image.chain_id, layer->blob.digest)) {
      layer->done = true;
      ++finished_;
      if (layer->first) BUOY_TRY(Say(*layer, Said::kDone, "Already exists"));
      continue;
    }
    if (layer->first) BUOY_TRY(Say(*layer, Said::kFsLayer, "Pulling fs layer"));
    if (here) continue;
    auto& ticket = tickets[layer->blob.digest];
    if (!ticket) ticket = downloads_.Join(layer->blob.digest, layer->blob.size, repository_);
    layer->ticket = ticket;
  }
  return Ok();
}

Status LayerPull::Say(Layer& layer, Said said, const std::string& status) {
  layer.said = said;
  return progress_(StatusLine(status, ShortId(layer.blob.digest)));
}

Status LayerPull::ReportDownload(Layer& layer, const DownloadState& state) {
  const std::string id = ShortId(layer.blob.digest);
  using Phase = DownloadState::Phase;
  if (state.phase == Phase::kWaiting && layer.said < Said::kWaiting) {
    return Say(layer, Said::kWaiting, "Waiting");
  }
  if (state.phase == Phase::kRetrying && layer.said_seconds != state.retry_seconds) {
    layer.said_seconds = state.retry_seconds;
    return progress_(StatusLine("Retrying in " + std::to_string(state.retry_seconds) + " second" +
                                    (state.retry_seconds == 1 ? "" : "s"),
                                id));
  }
  if (state.phase == Phase::kRunning && state.current > 0 && state.current != layer.said_bytes) {
    layer.said = Said::kDownloading;
    layer.said_bytes = state.current;
    return progress_(ProgressLine("Downloading", id, state.current, layer.blob.size));
  }
  if (state.phase == Phase::kDone) {
    BUOY_TRY(progress_(StatusLine("Verifying Checksum", id)));
    layer.said_bytes = -1;
    return Say(layer, Said::kDownloaded, "Download complete");
  }
  return Ok();
}

Status LayerPull::Report(Layer& layer) {
  if (!layer.first || layer.said == Said::kDone) return Ok();
  if (layer.said < Said::kDownloaded) {
    if (layer.ticket) {
      BUOY_TRY(ReportDownload(layer, layer.ticket->Look()));
    } else {
      BUOY_TRY(Say(layer, Said::kDownloaded, "Download complete"));
    }
  }
  if (layer.said < Said::kDownloaded) return Ok();
  if (layer.done) return Say(layer, Said::kDone, "Pull complete");
  const int64_t bytes = layer.extracted;
  if (layer.extracting && bytes != layer.said_bytes) {
    layer.said = Said::kExtracting;
    layer.said_bytes = bytes;
    return progress_(
        ProgressLine("Extracting", ShortId(layer.blob.digest), bytes, layer.blob.size));
  }
  return Ok();
}

Result<bool> LayerPull::BlobReady(Layer& layer) {
  if (!layer.ticket) return true;
  DownloadState state = layer.ticket->Look();
  if (state.phase == DownloadState::Phase::kDone) {
    layer.downloaded = std::move(state.blob);
    return true;
  }
  if (state.phase != DownloadState::Phase::kFailed) return false;
  if (layer.ticket->began()) return *std::move(state.error);
  // Another pull's registry failed: ours may do better.
  layer.ticket = downloads_.Join(layer.blob.digest, layer.blob.size, repository_);
  return false;
}

void LayerPull::Fail(Error error) {
  std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  no_more_ = true;
  ready_.clear();
  changed_.notify_all();
}

Status LayerPull::WaitAndReport() {
  std::vector<bool> handed(layers_.size());
  auto last = std::chrono::steady_clock::time_point();
  for (;;) {
    for (size_t i = 0; i < layers_.size(); ++i) {
      if (handed[i] || layers_[i]->done) continue;
      BUOY_ASSIGN(bool here, BlobReady(*layers_[i]));
      if (!here) continue;
      handed[i] = true;
      std::lock_guard lock(mutex_);
      ready_.push_back(i);
      changed_.notify_one();
    }
    const bool all_done = finished_ == layers_.size();
    const auto now = std::chrono::steady_clock::now();
    if (all_done || now - last >= kReportEvery) {
      last = now;
      for (auto& layer : layers_) BUOY_TRY(Report(*layer));
    }
    if (cancel_.cancelled()) return Cancelled("context canceled");
    {
      std::lock_guard lock(mutex_);
      if (error_) return *error_;
    }
    if (all_done) return Ok();
    downloads_.WaitForChange(std::chrono::milliseconds(20));
  }
}

Status LayerPull::Unpack(Layer& layer, size_t index) {
  Fd fd;
  BUOY_ASSIGN(
      fd, layer.downloaded ? layer.downloaded->Open() : context_.blobs.OpenBlob(layer.blob.digest));
  FdSource file(fd.get());
  ProgressSource counted(file, [&](int64_t current) -> Status {
    layer.extracted = current;
    // Nobody needs the rest when something else went wrong.
    return cancel_.cancelled() || given_up_ ? Status(Cancelled("layer registration cancelled"))
                                            : Ok();
  });
  layer.extracting = true;
  BUOY_ASSIGN(auto tar, NewDecompressor(counted));
  const uint64_t most = static_cast<uint64_t>(layer.blob.size) * kMaxRatio + kRatioSlack;
  LimitedSource bounded(*tar, most);
  std::string diff_id;
  if (layer.unpacked) {
    HashingSource hashing(bounded);
    BUOY_TRY(hashing.Drain());
    diff_id = hashing.Digest();
  } else {
    BUOY_ASSIGN(auto room, context_.blobs.Free());
    storage::UnpackOptions options;
    options.max_bytes = std::min(room.bytes, most);
    options.max_entries = room.files;
    auto staged = context_.storage.StageLayer(bounded, options);
    if (!staged.ok()) {
      // The bound is the room on the disk, or what the blob can hold at most.
      return room.bytes < most ? NamedForRoom(std::move(staged).error())
                               : std::move(staged).error();
    }
    layer.staged = *std::move(staged);
    diff_id = layer.staged->diff_id();
  }
  if (diff_id == layer.image.diff_id) return Ok();
  return InvalidArgument("layers from manifest don't match image configuration: layer " +
                         std::to_string(index) + " is " + diff_id + ", not " + layer.image.diff_id);
}

void LayerPull::Unpacker() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return no_more_ || !ready_.empty(); });
    if (ready_.empty()) return;
    // The lowest first: what is above it may still be on its way.
    auto next = std::min_element(ready_.begin(), ready_.end());
    const size_t index = *next;
    ready_.erase(next);
    lock.unlock();
    Status outcome = Unpack(*layers_[index], index);
    if (outcome.ok()) {
      layers_[index]->done = true;
      ++finished_;
    } else {
      Fail(FailedLayer(std::move(outcome).error()));
    }
    lock.lock();
  }
}

Result<std::vector<ImageLayer>> LayerPull::Commit() {
  std::vector<std::unique_ptr<storage::StagedLayer>> staged;
  for (size_t i = present_; i < layers_.size(); ++i)
    staged.push_back(std::move(layers_[i]->staged));
  if (!staged.empty()) {
    const std::string below = present_ == 0 ? "" : layers_[present_ - 1]->image.chain_id;
    auto infos = context_.storage.CommitLayers(below, std::move(staged));
    if (!infos.ok()) return FailedLayer(std::move(infos).error());
    for (size_t i = 0; i < infos->size(); ++i) layers_[present_ + i]->image.size = (*infos)[i].size;
  }
  std::vector<ImageLayer> out;
  for (auto& layer : layers_) {
    if (layer->downloaded) BUOY_TRY(layer->downloaded->Commit());
    out.push_back(layer->image);
  }
  return out;
}

Result<std::vector<ImageLayer>> LayerPull::Run(const std::vector<distribution::Descriptor>& layers,
                                               const std::vector<std::string>& diff_ids) {
  BUOY_TRY(Plan(layers, diff_ids));
  BUOY_TRY(StartDownloads());
  std::vector<std::thread> unpackers;
  const unsigned cores = std::max(2u, std::thread::hardware_concurrency());
  const size_t wanted = std::min<size_t>({layers_.size() - finished_, cores, kMostUnpackers});
  for (size_t i = 0; i < wanted; ++i) unpackers.emplace_back([this] { Unpacker(); });
  Status outcome = WaitAndReport();
  {
    std::lock_guard lock(mutex_);
    no_more_ = true;
    given_up_ = !outcome.ok();
    if (given_up_) ready_.clear();
    changed_.notify_all();
  }
  for (auto& thread : unpackers) thread.join();
  if (outcome.ok()) {
    auto installed = Commit();
    if (!installed.ok()) DiscardUnless(installed.error());
    return installed;
  }
  DiscardUnless(outcome.error());
  return std::move(outcome).error();
}

// After a broken connection or a client's end the next pull goes on from here; otherwise what came
// is wrong, or has no room.
void LayerPull::DiscardUnless(const Error& error) {
  const bool goes_on = error.kind() == ErrorKind::kCancelled ||
                       error.kind() == ErrorKind::kUnavailable ||
                       error.kind() == ErrorKind::kInternal;
  if (goes_on && error.sys_errno() != ENOSPC && error.sys_errno() != EDQUOT) return;
  for (auto& layer : layers_) {
    if (layer->ticket) layer->ticket->Discard();
  }
}

}  // namespace buoy::image
