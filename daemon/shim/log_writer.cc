#include "daemon/shim/log_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/loglines/json_line.h"
#include "daemon/shim/clock.h"
#include "daemon/shim/log_rotate.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
// Docker cuts longer lines into pieces of this size.
constexpr size_t kMaxPiece = 16 * 1024;
constexpr size_t kBatch = 64 * 1024;
}  // namespace

void LogWriter::Open(const LogConfig& config) {
  config_ = config;
  attrs_ = loglines::EncodeAttrs(config.attrs);
  open_ = true;
  enabled_ = config.driver == "json-file" || config.driver.empty();
  if (config_.path.empty()) enabled_ = false;
  if (enabled_) OpenFile(O_APPEND);
}

void LogWriter::OpenFile(int extra_flags) {
  fd_.reset(::open(config_.path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | extra_flags, 0640));
  struct stat info;
  size_ = fd_ && fstat(fd_.get(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
  if (!fd_) LogLine(ErrnoText("log: open " + config_.path, errno));
}

void LogWriter::SetLimits(uint64_t max_size, uint32_t max_files) {
  config_.max_size = max_size;
  config_.max_files = max_files;
}

void LogWriter::Write(bool is_stderr, std::string_view data) {
  if (!enabled_) return;
  Stream& stream = streams_[is_stderr];
  while (!data.empty()) {
    const size_t newline = data.find('\n');
    const size_t length = newline == std::string_view::npos ? data.size() : newline;
    if (stream.line.size() + length >= kMaxPiece) {
      const size_t take = kMaxPiece - stream.line.size();
      stream.line.append(data.data(), take);
      data.remove_prefix(take);
      EmitPiece(is_stderr);
      continue;
    }
    if (newline == std::string_view::npos) {
      stream.line.append(data.data(), data.size());
      break;
    }
    EmitLine(is_stderr, stream.line, data.substr(0, newline + 1));
    if (!stream.line.empty()) std::string().swap(stream.line);
    data.remove_prefix(newline + 1);
  }
  Flush();
}

// The rest of a line, with its newline at the end of `second`.
void LogWriter::EmitLine(bool is_stderr, std::string_view first, std::string_view second) {
  Stream& stream = streams_[is_stderr];
  const int64_t time = std::exchange(stream.in_pieces, false) ? stream.piece_time : WallNow();
  if (first.empty()) {
    Emit(is_stderr, second, time);
    return;
  }
  scratch_.assign(first.data(), first.size());
  scratch_.append(second.data(), second.size());
  Emit(is_stderr, scratch_, time);
}

void LogWriter::EmitPiece(bool is_stderr) {
  Stream& stream = streams_[is_stderr];
  if (!std::exchange(stream.in_pieces, true)) stream.piece_time = WallNow();
  Emit(is_stderr, stream.line, stream.piece_time);
  stream.line.clear();
}

void LogWriter::Emit(bool is_stderr, std::string_view log, int64_t time) {
  // Docker rotates before the entry that finds the file full, so the batch ends there.
  if (config_.max_size > 0 && size_ + batch_.size() >= config_.max_size) {
    Flush();
    if (size_ >= config_.max_size) Rotate();
  }
  loglines::AppendLogLine(log, is_stderr, attrs_, time, &batch_);
  last_time_ = time;
  if (batch_.size() >= kBatch) Flush();
}

void LogWriter::Flush() {
  if (batch_.empty()) return;
  if (!fd_) OpenFile(O_APPEND);  // the disk may have room again
  size_t done = 0;
  while (fd_ && done < batch_.size()) {
    const ssize_t n = write(fd_.get(), batch_.data() + done, batch_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<size_t>(n);
  }
  // Half an entry without its newline would spoil the next one.
  if (done < batch_.size() && done > 0 && batch_[done - 1] != '\n' && fd_) {
    if (ftruncate(fd_.get(), static_cast<off_t>(size_)) == 0) done = 0;
  }
  size_ += done;
  batch_.clear();
  if (batch_.capacity() > kBatch / 4) batch_.shrink_to_fit();
  Notify(&LogObserver::OnLogAppended);
}

void LogWriter::Rotate() {
  // The compression of the last rotation still reads PATH.1: this file just grows until it is done.
  if (compressing_) return;
  const bool compress = config_.compress && config_.max_files > 1;
  fd_.reset();
  RotateFiles(config_.path, config_.max_files, compress);
  OpenFile(O_TRUNC | O_APPEND);
  Notify(&LogObserver::OnLogRotated);
  if (compress) Compress(config_.path + ".1", last_time_);
}

void LogWriter::Compress(const std::string& path, int64_t last_time) {
  compressing_ = true;
  const pid_t pid = reaper_.Fork([path, last_time] { return CompressFile(path, last_time); },
                                 [this](int) { compressing_ = false; });
  if (pid < 0) compressing_ = false;
}

void LogWriter::Close() {
  open_ = false;
  for (const bool is_stderr : {false, true}) {
    Stream& stream = streams_[is_stderr];
    if (enabled_ && !stream.line.empty()) EmitPiece(is_stderr);
    stream = Stream();
  }
  Flush();
  fd_.reset();
  std::string().swap(scratch_);
  Notify(&LogObserver::OnLogClosed);
}

void LogWriter::RemoveObserver(LogObserver* observer) {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), observer), observers_.end());
}

// Observers may remove themselves, or others, meanwhile.
void LogWriter::Notify(void (LogObserver::*event)()) {
  const std::vector<LogObserver*> observers = observers_;
  for (LogObserver* observer : observers) {
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end()) {
      (observer->*event)();
    }
  }
}

}  // namespace buoy::shim
