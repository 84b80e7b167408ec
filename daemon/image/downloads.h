#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/distribution/repository.h"
#include "daemon/image/blob_store.h"

namespace buoy::image {

// A blob that has come, verified, but is not part of the store yet. Several pulls may have it.
class DownloadedBlob {
 public:
  explicit DownloadedBlob(std::unique_ptr<BlobWriter> writer) : writer_(std::move(writer)) {}
  Result<Fd> Open() const;
  // Into the store, for good.
  Status Commit();
  bool committed() const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<BlobWriter> writer_;
  bool committed_ = false;
};

// How far a download is.
struct DownloadState {
  enum class Phase { kWaiting, kRunning, kRetrying, kDone, kFailed };
  Phase phase = Phase::kWaiting;
  int64_t current = 0;
  int retry_seconds = 0;
  std::optional<Error> error;            // kFailed
  std::shared_ptr<DownloadedBlob> blob;  // kDone
};

// Blobs on their way from registries. Who wants a blob that is already on its way shares the
// download; with the last one who wanted it gone it ends, and what has come is kept for a while,
// so that the next pull goes on from there. Broken connections are resumed by range. Thread-safe.
class Downloads {
 public:
  struct Limits {
    int concurrent = 3;  // over all pulls
    int attempts = 5;    // without progress
  };
  // `limits` is asked anew for each download.
  Downloads(BlobStore& blobs, std::function<Limits()> limits)
      : blobs_(blobs), limits_(std::move(limits)) {}
  // Cancels and waits for what runs.
  ~Downloads();

  // One pull's wish for a blob.
  class Ticket {
   public:
    ~Ticket();
    DownloadState Look() const;
    // This ticket began the download, with its own repository.
    bool began() const { return began_; }
    // What came is of no use: it is not to be kept.
    void Discard();

   private:
    friend class Downloads;
    struct Transfer;
    Ticket(Downloads* downloads, std::shared_ptr<Transfer> transfer, bool began)
        : downloads_(downloads), transfer_(std::move(transfer)), began_(began) {}
    Downloads* downloads_;
    std::shared_ptr<Transfer> transfer_;
    bool began_;
  };
  std::shared_ptr<Ticket> Join(const std::string& digest, int64_t size,
                               std::shared_ptr<distribution::Repository> repository);
  // Waits until some download changes its phase, at most so long.
  void WaitForChange(std::chrono::milliseconds limit);
  // Gives back the space of what nobody waits for.
  void DropKept();

 private:
  using Transfer = Ticket::Transfer;
  using Clock = std::chrono::steady_clock;
  struct Kept {
    std::unique_ptr<BlobWriter> partial;
    std::shared_ptr<DownloadedBlob> whole;
    Clock::time_point since;
  };

  void Leave(const std::shared_ptr<Transfer>& transfer);
  void StartLocked();
  void Work(std::shared_ptr<Transfer> transfer);
  Status Fetch(Transfer& transfer);
  Status Attempt(Transfer& transfer);
  Status Finish(Transfer& transfer);
  Status PrepareWriter(Transfer& transfer);
  void WaitToRetry(Transfer& transfer, int seconds);
  void SetPhase(Transfer& transfer, DownloadState::Phase phase, int retry_seconds = 0);
  void ExpireLocked();

  BlobStore& blobs_;
  const std::function<Limits()> limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Transfer>> transfers_;  // by digest, running and waiting
  std::deque<std::shared_ptr<Transfer>> queue_;
  std::map<std::string, Kept> kept_;
  int running_ = 0;
};

}  // namespace buoy::image
