#include "common/loglines/log_reader.h"

#include <utility>

namespace buoy::loglines {

namespace {

constexpr size_t kReadSize = 32 * 1024;
// 16 KiB of log are at most 96 KiB of JSON, plus attrs.
constexpr size_t kMaxLine = 1u << 20;
// A reader that is stuck behind so many rotations loses the oldest files, not the disk its space.
constexpr size_t kMaxFiles = 128;

std::string Numbered(const std::string& path, int number) {
  char digits[12];
  char* at = digits + sizeof digits;
  for (; number > 0; number /= 10) *--at = static_cast<char>('0' + number % 10);
  std::string out = path;
  out.push_back('.');
  out.append(at, static_cast<size_t>(digits + sizeof digits - at));
  return out;
}

}  // namespace

LogReader::LogReader(std::string path, const ReadOptions& options)
    : path_(std::move(path)), options_(options) {
  if (options_.tail >= 0) {
    OpenTail();
  } else {
    OpenAll();
  }
}

// Opens PATH.number in front of the others. False when there is none.
bool LogReader::OpenOlder(int number) {
  const std::string path = Numbered(path_, number);
  auto file = LogFile::Open(path, false);
  // As in Docker the plain file is tried first: the .gz beside it may be half written.
  if (file == nullptr) file = LogFile::Open(path + ".gz", true);
  if (file == nullptr) return false;
  files_.insert(files_.begin(), std::move(file));
  return true;
}

void LogReader::OpenAll() {
  if (auto current = LogFile::Open(path_, false)) files_.push_back(std::move(current));
  for (int number = 1; files_.size() < kMaxFiles && OpenOlder(number); number++) {
  }
}

void LogReader::OpenTail() {
  int64_t wanted = options_.tail;
  if (auto current = LogFile::Open(path_, false)) {
    wanted -= current->SeekToTail(wanted);
    files_.push_back(std::move(current));
  }
  for (int number = 1; wanted > 0 && files_.size() < kMaxFiles && OpenOlder(number); number++) {
    wanted -= files_.front()->SeekToTail(wanted);
  }
}

void LogReader::NoteRotation() {
  auto next = LogFile::Open(path_, false);
  if (next == nullptr) return;
  files_.push_back(std::move(next));
  if (files_.size() > kMaxFiles) files_.erase(files_.begin() + 1);
}

// Reads more of the current file, or goes on to the next one. False = nothing to read now.
bool LogReader::Fill() {
  while (!files_.empty()) {
    buffer_.erase(0, position_);
    scanned_ -= position_;
    position_ = 0;
    const size_t old_size = buffer_.size();
    buffer_.resize(old_size + kReadSize);
    const int64_t n = files_.front()->Read(buffer_.data() + old_size, kReadSize);
    buffer_.resize(old_size + static_cast<size_t>(n > 0 ? n : 0));
    if (n > 0) return true;
    if (files_.size() == 1) break;
    // A torn line at the end of a file belongs to nothing in the next.
    files_.erase(files_.begin());
    buffer_.clear();
    position_ = scanned_ = 0;
    skipping_ = false;
  }
  if (buffer_.empty()) buffer_.shrink_to_fit();  // an idle follower keeps no memory
  return false;
}

bool LogReader::TakeLine(std::string_view* line) {
  while (true) {
    const size_t newline = buffer_.find('\n', scanned_);
    if (newline == std::string::npos) {
      scanned_ = buffer_.size();
      if (scanned_ - position_ > kMaxLine) {
        skipping_ = true;
        position_ = scanned_;
      }
      if (!Fill()) return false;
      continue;
    }
    *line = std::string_view(buffer_).substr(position_, newline - position_);
    position_ = scanned_ = newline + 1;
    if (!std::exchange(skipping_, false)) return true;
  }
}

LogReader::Step LogReader::Next(LogEntry* entry) {
  std::string_view line;
  while (TakeLine(&line)) {
    if (!ParseLogLine(line, entry) || !entry->known_stream) continue;
    if (options_.since != 0 && entry->time < options_.since) continue;
    if (options_.until != 0 && entry->time > options_.until) return Step::kDone;
    return Step::kEntry;
  }
  return Step::kEnd;
}

}  // namespace buoy::loglines
