#include "daemon/image/downloads.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "daemon/logging/log.h"

namespace buoy::image {

namespace {

constexpr std::chrono::hours kKeepFor{1};
constexpr size_t kBuffer = 256 * 1024;
// An attempt that got so far did not fail for nothing.
constexpr int64_t kProgress = 64 * 1024;
constexpr int kMaxRetrySeconds = 16;

bool IsWorthRetrying(const Error& error) {
  if (error.sys_errno() == ENOSPC || error.sys_errno() == EDQUOT) return false;
  return error.kind() == ErrorKind::kUnavailable || error.kind() == ErrorKind::kInternal;
}

Error WrongSize(int64_t actual, int64_t expected) {
  return InvalidArgument("failed size validation: " + std::to_string(actual) +
                         " != " + std::to_string(expected) + ": failed precondition");
}

}  // namespace

Result<Fd> DownloadedBlob::Open() const {
  std::lock_guard lock(mutex_);
  return writer_->OpenForReading();
}

bool DownloadedBlob::committed() const {
  std::lock_guard lock(mutex_);
  return committed_;
}

Status DownloadedBlob::Commit() {
  std::lock_guard lock(mutex_);
  auto digest = writer_->Commit();
  committed_ = digest.ok();
  return digest.ok() ? Ok() : Status(std::move(digest).error());
}

struct Downloads::Ticket::Transfer {
  std::string digest;
  int64_t size = 0;
  std::shared_ptr<distribution::Repository> repository;
  distribution::CancelSource cancel;
  // Of the working thread alone.
  std::unique_ptr<BlobWriter> writer;
  bool resumed = false;
  bool mismatched = false;
  std::atomic<int64_t> current{0};
  // Under Downloads::mutex_.
  int wanted = 0;
  bool discarded = false;
  DownloadState::Phase phase = DownloadState::Phase::kWaiting;
  int retry_seconds = 0;
  std::optional<Error> error;
  std::shared_ptr<DownloadedBlob> blob;
};

Downloads::Ticket::~Ticket() { downloads_->Leave(transfer_); }

void Downloads::Ticket::Discard() {
  std::lock_guard lock(downloads_->mutex_);
  transfer_->discarded = true;
}

DownloadState Downloads::Ticket::Look() const {
  std::lock_guard lock(downloads_->mutex_);
  return {transfer_->phase, transfer_->current, transfer_->retry_seconds, transfer_->error,
          transfer_->blob};
}

Downloads::~Downloads() {
  std::unique_lock lock(mutex_);
  queue_.clear();
  for (auto& [digest, transfer] : transfers_) transfer->cancel.Cancel();
  changed_.notify_all();
  changed_.wait(lock, [this] { return running_ == 0; });
}

std::shared_ptr<Downloads::Ticket> Downloads::Join(
    const std::string& digest, int64_t size, std::shared_ptr<distribution::Repository> repository) {
  std::lock_guard lock(mutex_);
  ExpireLocked();
  auto& slot = transfers_[digest];
  // One that is being given up, or expects another size, is no help.
  bool began = slot == nullptr || slot->cancel.cancelled() || slot->size != size;
  if (began) {
    slot = std::make_shared<Transfer>();
    slot->digest = digest;
    slot->size = size;
    slot->repository = std::move(repository);
    if (auto kept = kept_.find(digest); kept != kept_.end()) {
      if (kept->second.whole) {
        slot->blob = kept->second.whole;
        slot->current = size;
        slot->phase = DownloadState::Phase::kDone;
      } else {
        slot->writer = std::move(kept->second.partial);
        slot->resumed = true;
      }
      kept_.erase(kept);
    }
    if (slot->phase != DownloadState::Phase::kDone) queue_.push_back(slot);
  }
  ++slot->wanted;
  auto ticket = std::shared_ptr<Ticket>(new Ticket(this, slot, began));
  StartLocked();
  return ticket;
}

void Downloads::Leave(const std::shared_ptr<Transfer>& transfer) {
  std::lock_guard lock(mutex_);
  if (--transfer->wanted > 0) return;
  if (transfer->phase == DownloadState::Phase::kDone) {
    if (!transfer->discarded && !transfer->blob->committed())
      kept_[transfer->digest] = {nullptr, transfer->blob, Clock::now()};
  } else {
    transfer->cancel.Cancel();
    std::erase(queue_, transfer);
    if (transfer->phase == DownloadState::Phase::kWaiting && transfer->writer &&
        !transfer->discarded) {
      kept_[transfer->digest] = {std::move(transfer->writer), nullptr, Clock::now()};
    }
    changed_.notify_all();
  }
  auto slot = transfers_.find(transfer->digest);
  if (slot != transfers_.end() && slot->second == transfer) transfers_.erase(slot);
}

void Downloads::WaitForChange(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit);
}

void Downloads::DropKept() {
  std::lock_guard lock(mutex_);
  kept_.clear();
}

void Downloads::ExpireLocked() {
  const auto now = Clock::now();
  std::erase_if(kept_, [&](const auto& item) { return now - item.second.since > kKeepFor; });
}

void Downloads::StartLocked() {
  const int limit = std::max(1, limits_().concurrent);
  while (running_ < limit && !queue_.empty()) {
    ++running_;
    auto transfer = std::move(queue_.front());
    queue_.pop_front();
    transfer->phase = DownloadState::Phase::kRunning;
    std::thread([this, transfer = std::move(transfer)]() mutable {
      Work(std::move(transfer));
    }).detach();
  }
}

void Downloads::SetPhase(Transfer& transfer, DownloadState::Phase phase, int retry_seconds) {
  std::lock_guard lock(mutex_);
  transfer.phase = phase;
  transfer.retry_seconds = retry_seconds;
  changed_.notify_all();
}

void Downloads::Work(std::shared_ptr<Transfer> transfer) {
  Status outcome = Fetch(*transfer);
  std::lock_guard lock(mutex_);
  if (outcome.ok()) {
    transfer->blob = std::make_shared<DownloadedBlob>(std::move(transfer->writer));
    transfer->phase = DownloadState::Phase::kDone;
    if (transfer->wanted == 0 && !transfer->discarded)
      kept_[transfer->digest] = {nullptr, transfer->blob, Clock::now()};
  } else {
    transfer->error = std::move(outcome).error();
    transfer->phase = DownloadState::Phase::kFailed;
    const bool worth =
        !transfer->discarded && transfer->writer && transfer->writer->size() > 0 &&
        (transfer->error->kind() == ErrorKind::kCancelled || IsWorthRetrying(*transfer->error));
    if (worth) {
      transfer->writer->Seal();
      kept_[transfer->digest] = {std::move(transfer->writer), nullptr, Clock::now()};
    }
    transfer->writer.reset();
    auto slot = transfers_.find(transfer->digest);
    if (slot != transfers_.end() && slot->second == transfer) transfers_.erase(slot);
  }
  transfer.reset();
  --running_;
  StartLocked();
  changed_.notify_all();  // with the lock held: nothing of this object is touched after it
}

void Downloads::WaitToRetry(Transfer& transfer, int seconds) {
  for (; seconds > 0 && !transfer.cancel.cancelled(); --seconds) {
    SetPhase(transfer, DownloadState::Phase::kRetrying, seconds);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return transfer.cancel.cancelled(); });
  }
  SetPhase(transfer, DownloadState::Phase::kRunning);
}

Status Downloads::PrepareWriter(Transfer& transfer) {
  if (transfer.writer && transfer.writer->size() <= transfer.size) {
    return transfer.writer->Reopen();
  }
  transfer.resumed = false;
  BUOY_ASSIGN(transfer.writer, blobs_.NewWriter());
  return Ok();
}

Status Downloads::Fetch(Transfer& transfer) {
  const int attempts = std::max(1, limits_().attempts);
  for (int failures = 0;;) {
    BUOY_TRY(PrepareWriter(transfer));
    const int64_t before = transfer.writer->size();
    Status outcome = Attempt(transfer);
    if (outcome.ok()) outcome = Finish(transfer);
    if (outcome.ok()) return outcome;
    if (transfer.cancel.cancelled()) return Cancelled("context canceled");
    if (!IsWorthRetrying(outcome.error())) return outcome;
    const bool moved = transfer.writer && transfer.writer->size() - before >= kProgress;
    failures = moved ? 0 : failures + 1;
    if (failures >= attempts) {
      log::Error("Download failed after " + std::to_string(failures) +
                 " attempts: " + outcome.error().message());
      return outcome;
    }
    log::Info("Download failed, retrying (" + std::to_string(failures) + "/" +
              std::to_string(attempts) + "): " + outcome.error().message());
    if (failures > 0) {
      WaitToRetry(transfer, std::min(1 << std::min(failures - 1, 8), kMaxRetrySeconds));
    }
    transfer.resumed = transfer.resumed || (transfer.writer && transfer.writer->size() > 0);
  }
}

// Gets what is missing. The blob is never longer than the manifest says.
Status Downloads::Attempt(Transfer& transfer) {
  BlobWriter& writer = *transfer.writer;
  transfer.current = writer.size();
  if (writer.size() == transfer.size) return Ok();
  BUOY_ASSIGN(auto room, blobs_.Free());
  const int64_t missing = transfer.size - writer.size();
  if (room.bytes < static_cast<uint64_t>(missing)) {
    return Error(ErrorKind::kInternal, "write " + transfer.digest + ": no space left on device",
                 ENOSPC);
  }
  int64_t start = 0;
  BUOY_ASSIGN(auto answer, transfer.repository->OpenBlob(transfer.digest, writer.size(), &start,
                                                         &transfer.cancel));
  if (answer->length() >= 0 && start + answer->length() != transfer.size) {
    return WrongSize(start + answer->length(), transfer.size);
  }
  int64_t skip = writer.size() - start;  // a registry without ranges begins anew
  std::vector<char> buffer(kBuffer);
  for (;;) {
    BUOY_ASSIGN(size_t got, answer->Read(buffer));
    if (got == 0) break;
    const size_t known = static_cast<size_t>(std::min<int64_t>(skip, static_cast<int64_t>(got)));
    skip -= static_cast<int64_t>(known);
    if (writer.size() + static_cast<int64_t>(got - known) > transfer.size) {
      return WrongSize(writer.size() + static_cast<int64_t>(got - known), transfer.size);
    }
    BUOY_TRY(writer.Write({buffer.data() + known, got - known}));
    transfer.current = writer.size();
  }
  if (writer.size() == transfer.size) return Ok();
  return Error(ErrorKind::kUnavailable, "unexpected EOF");
}

Status Downloads::Finish(Transfer& transfer) {
  if (transfer.writer->Digest() == transfer.digest) {
    transfer.writer->Seal();
    return Ok();
  }
  const std::string text = "filesystem layer verification failed for digest " + transfer.digest;
  transfer.writer.reset();
  // Something may be wrong with one of the pieces: once more, in one.
  if (!transfer.resumed || transfer.mismatched) return InvalidArgument(text);
  transfer.mismatched = true;
  return Error(ErrorKind::kUnavailable, text);
}

}  // namespace buoy::image
