#include "daemon/image/pusher.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "common/digest/digest.h"
#include "common/json/codec.h"
#include "daemon/logging/log.h"

namespace buoy::image {

namespace {

constexpr std::chrono::milliseconds kReportEvery{100};
constexpr int kUploadAttempts = 5;
constexpr size_t kMostMounts = 3;

size_t CommonParts(const std::string& a, const std::string& b) {
  size_t parts = 0;
  for (size_t i = 0; i <= std::min(a.size(), b.size()); ++i) {
    const bool end_a = i == a.size() || a[i] == '/', end_b = i == b.size() || b[i] == '/';
    if (end_a && end_b) ++parts;
    if (i == a.size() || i == b.size() || a[i] != b[i]) break;
  }
  return parts;
}

bool IsWorthRetrying(const Error& error) {
  return error.kind() == ErrorKind::kUnavailable || error.kind() == ErrorKind::kInternal;
}

}  // namespace

std::vector<std::string> Pusher::MountCandidates(const std::string& blob) const {
  std::set<std::string> paths;
  for (const auto& repository : context_.store.RepositoriesWithBlob(blob)) {
    if (repository.domain() == name_.domain() && repository.path() != name_.path()) {
      paths.insert(repository.path());
    }
  }
  std::vector<std::string> out(paths.begin(), paths.end());
  std::stable_sort(out.begin(), out.end(), [&](const std::string& a, const std::string& b) {
    return CommonParts(a, name_.path()) > CommonParts(b, name_.path());
  });
  if (out.size() > kMostMounts) out.resize(kMostMounts);
  return out;
}

Status Pusher::TryUpload(Upload& upload) {
  const std::string& blob = upload.layer.blob;
  // A refusal to tell is no reason not to try.
  auto there = repository_->StatBlob(blob, &cancel_);
  if (there.ok() && *there) {
    upload.phase = Phase::kExists;
    return Ok();
  }
  std::optional<distribution::BlobUpload> session;
  for (const auto& from : MountCandidates(blob)) {
    auto started = repository_->StartUpload(blob, from, &cancel_);
    if (!started.ok()) continue;
    if (started->mounted) {
      upload.mounted_from = from;
      upload.phase = Phase::kMounted;
      return Ok();
    }
    session = *std::move(started);
    break;
  }
  if (!session) {
    BUOY_ASSIGN(session, repository_->StartUpload(blob, "", &cancel_));
  }
  BUOY_ASSIGN(Fd fd, context_.blobs.OpenBlob(blob));
  FdSource file(fd.get());
  upload.phase = Phase::kPushing;
  ProgressSource counted(file, [&](int64_t current) {
    upload.sent = current;
    return Ok();
  });
  BUOY_TRY(repository_->PutBlob(*session, blob, counted, upload.layer.size, &cancel_));
  upload.phase = Phase::kPushed;
  return Ok();
}

Status Pusher::UploadLayer(Upload& upload) {
  for (int attempt = 1;; ++attempt) {
    Status outcome = TryUpload(upload);
    if (outcome.ok() || attempt == kUploadAttempts || cancel_.cancelled() ||
        !IsWorthRetrying(outcome.error())) {
      return outcome;
    }
    log::Info("Upload failed, retrying: " + outcome.error().message());
    for (int i = 0; i < attempt * 10 && !cancel_.cancelled(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

Status Pusher::Report(Upload& upload) {
  const std::string id = ShortId(upload.layer.diff_id);
  const Phase phase = upload.phase;
  if (upload.said >= Phase::kPushed) return Ok();
  if (phase == Phase::kWaiting && upload.said == Phase::kPreparing) {
    upload.said = Phase::kWaiting;
    return progress_(StatusLine("Waiting", id));
  }
  if (phase == Phase::kPushing && upload.sent != upload.said_bytes) {
    upload.said_bytes = upload.sent;
    return progress_(ProgressLine("Pushing", id, upload.said_bytes, upload.layer.size));
  }
  if (phase < Phase::kPushed) return Ok();
  upload.said = phase;
  if (phase == Phase::kPushed) {
    BUOY_TRY(progress_(ProgressLine("Pushing", id, upload.layer.size, 0)));
    return progress_(StatusLine("Pushed", id));
  }
  return progress_(StatusLine(
      phase == Phase::kExists ? "Layer already exists" : "Mounted from " + upload.mounted_from,
      id));
}

Status Pusher::WaitAndReport(std::vector<std::unique_ptr<Upload>>& uploads) {
  for (;;) {
    const bool all_done = std::all_of(uploads.begin(), uploads.end(),
                                      [](const auto& upload) { return upload->finished(); });
    for (auto& upload : uploads) BUOY_TRY(Report(*upload));
    {
      std::lock_guard lock(mutex_);
      if (error_) return *error_;
    }
    if (all_done) return Ok();
    // A tenth of a second, but not longer than there is something to wait for.
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(kReportEvery / 10);
      if (std::all_of(uploads.begin(), uploads.end(),
                      [](const auto& upload) { return upload->finished(); })) {
        break;
      }
    }
  }
}

Status Pusher::UploadAll(const PushManifest& manifest) {
  std::vector<std::unique_ptr<Upload>> uploads;  // highest first, as Docker shows them
  std::vector<Upload*> work;
  std::set<std::string> given;
  for (size_t i = manifest.layers.size(); i-- > 0;) {
    auto upload = std::make_unique<Upload>();
    upload->layer = manifest.layers[i];
    const bool twice = !given.insert(upload->layer.blob).second;
    if (twice || remote_.contains(upload->layer.blob)) {
      upload->phase = Phase::kExists;
    } else {
      work.push_back(upload.get());
    }
    BUOY_TRY(progress_(StatusLine("Preparing", ShortId(upload->layer.diff_id))));
    uploads.push_back(std::move(upload));
  }
  std::atomic<size_t> next{0};
  auto worker = [&] {
    for (size_t i = next++; i < work.size(); i = next++) {
      work[i]->phase = Phase::kPreparing;
      Status outcome = UploadLayer(*work[i]);
      if (outcome.ok()) continue;
      std::lock_guard lock(mutex_);
      if (!error_) error_ = std::move(outcome).error();
      next = work.size();
    }
  };
  const size_t count =
      std::min<size_t>(work.size(), static_cast<size_t>(std::max(1, max_uploads_)));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < count; ++i) threads.emplace_back(worker);
  Status outcome = WaitAndReport(uploads);
  if (!outcome.ok()) cancel_.Cancel();
  for (auto& thread : threads) thread.join();
  if (outcome.ok()) remote_.insert(given.begin(), given.end());
  return outcome;
}

Status Pusher::UploadConfig(const std::string& id) {
  if (remote_.contains(id)) return Ok();
  Upload upload;
  upload.layer.blob = id;
  BUOY_ASSIGN(upload.layer.size, context_.blobs.Size(id));
  BUOY_TRY(UploadLayer(upload));
  remote_.insert(id);
  return Ok();
}

Result<std::string> Pusher::Push(const Image& image, const std::string& tag) {
  BUOY_ASSIGN(auto manifest, PrepareManifest(context_, image));
  BUOY_TRY(UploadAll(manifest));
  BUOY_TRY(UploadConfig(image.id));
  BUOY_TRY(repository_->PutManifest(tag, manifest.media_type, manifest.text, &cancel_));
  const int64_t size = static_cast<int64_t>(manifest.text.size());
  BUOY_TRY(progress_(
      StatusLine(tag + ": digest: " + manifest.digest + " size: " + std::to_string(size))));
  json::Json line;
  line["progressDetail"] = json::Json::object();
  line["aux"]["Tag"] = tag;
  line["aux"]["Digest"] = manifest.digest;
  line["aux"]["Size"] = size;
  BUOY_TRY(progress_(json::Dump(line)));
  return manifest.digest;
}

}  // namespace buoy::image
