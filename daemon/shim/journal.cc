#include "daemon/shim/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {

constexpr size_t kEntryHead = 8;
constexpr size_t kMaxJournal = 64u << 20;
// The file is rewritten when it holds nothing but acknowledged records and has grown this big.
constexpr size_t kCompactSize = 32 * 1024;
constexpr uint16_t kAckedTag = 1000;

uint32_t Checksum(std::string_view data) {  // FNV-1a
  uint32_t hash = 2166136261u;
  for (const char c : data) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  return hash;
}

void AppendU32(uint32_t value, std::string* out) {
  for (int i = 0; i < 4; i++) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint32_t ReadU32(std::string_view data) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++)
    value |= static_cast<uint32_t>(static_cast<uint8_t>(data[i])) << (8 * i);
  return value;
}

void AppendEntry(const std::string& body, std::string* out) {
  AppendU32(static_cast<uint32_t>(body.size()), out);
  AppendU32(Checksum(body), out);
  out->append(body);
}

std::string MarkerBody(uint64_t seq) {
  std::string body;
  AppendInteger(kAckedTag, seq, &body);
  return body;
}

// A marker's number; false for a record.
bool ParseMarker(std::string_view body, uint64_t* seq) {
  FieldReader reader(body);
  uint16_t tag = 0;
  std::string_view value;
  return reader.Next(&tag, &value) && tag == kAckedTag && ParseInteger(value, seq);
}

}  // namespace

bool Journal::Open(const std::string& path) {
  path_ = path;
  fd_.reset(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd_) return false;
  const std::string data = ReadSmallFile(path.c_str(), kMaxJournal);
  Load(data, &size_);
  if (size_ < data.size() && ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return false;
  return true;
}

void Journal::Load(const std::string& data, size_t* valid) {
  std::string_view rest(data);
  while (rest.size() >= kEntryHead) {
    const size_t length = ReadU32(rest);
    if (length > rest.size() - kEntryHead) break;
    const std::string_view body = rest.substr(kEntryHead, length);
    if (Checksum(body) != ReadU32(rest.substr(4))) break;
    uint64_t seq = 0;
    Record record;
    if (ParseMarker(body, &seq)) {
      acked_seq_ = seq;
    } else if (DecodeFields(body, &record)) {
      seq = record.seq;
      pending_.push_back(std::move(record));
    }
    if (seq > last_seq_) last_seq_ = seq;
    rest.remove_prefix(kEntryHead + length);
  }
  *valid = data.size() - rest.size();
  DropAcknowledged();
}

void Journal::DropAcknowledged() {
  size_t keep = 0;
  while (keep < pending_.size() && pending_[keep].seq <= acked_seq_) keep++;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<long>(keep));
}

bool Journal::WriteBody(const std::string& body) {
  std::string entry;
  AppendEntry(body, &entry);
  if (write(fd_.get(), entry.data(), entry.size()) != static_cast<ssize_t>(entry.size())) {
    LogLine(ErrnoText("journal: write", errno));
    // Half an entry would hide everything after it.
    if (ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) LogLine(ErrnoText("journal", errno));
    return false;
  }
  size_ += entry.size();
  return true;
}

const Record& Journal::Append(Record record, bool durable) {
  record.seq = ++last_seq_;
  std::string body;
  EncodeFields(record, &body);
  if (WriteBody(body) && durable) Sync();
  pending_.push_back(std::move(record));
  return pending_.back();
}

void Journal::Sync() {
  if (fdatasync(fd_.get()) != 0) LogLine(ErrnoText("journal: fdatasync", errno));
}

void Journal::Acknowledge(uint64_t seq) {
  if (seq <= acked_seq_ || seq > last_seq_) return;
  acked_seq_ = seq;
  DropAcknowledged();
  if (pending_.empty() && size_ > kCompactSize) {
    Compact();
  } else {
    WriteBody(MarkerBody(seq));
  }
}

void Journal::Compact() {
  const std::string temporary = path_ + ".new";
  Fd fd(open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  std::string entry;
  AppendEntry(MarkerBody(acked_seq_), &entry);
  if (!fd || write(fd.get(), entry.data(), entry.size()) != static_cast<ssize_t>(entry.size()) ||
      fdatasync(fd.get()) != 0 || rename(temporary.c_str(), path_.c_str()) != 0) {
    LogLine(ErrnoText("journal: rewrite", errno));
    WriteBody(MarkerBody(acked_seq_));
    return;
  }
  fd_ = std::move(fd);
  size_ = entry.size();
}

}  // namespace buoy::shim
