#pragma once

#include <string>
#include <vector>

#include "common/shim_protocol/state.h"
#include "common/unix/fd.h"

namespace buoy::shim {

// The durable list of what happened to the container and the daemon has not yet acknowledged.
// The file is a sequence of {u32 length, u32 checksum, body}; a body is a Record, or a marker
// with the acknowledged sequence number. A torn end is cut off on opening.
class Journal {
 public:
  // False with errno. A missing file is an empty journal.
  bool Open(const std::string& path);
  // Gives the record its number and writes it; `durable` = fsync before returning. A write error
  // is logged: the record is then only told, not kept.
  const Record& Append(Record record, bool durable);
  void Sync();
  void Acknowledge(uint64_t seq);

  const std::vector<Record>& pending() const { return pending_; }
  uint64_t last_seq() const { return last_seq_; }
  uint64_t acked_seq() const { return acked_seq_; }

 private:
  void Load(const std::string& data, size_t* valid);
  bool WriteBody(const std::string& body);
  void DropAcknowledged();
  void Compact();

  std::string path_;
  Fd fd_;
  size_t size_ = 0;
  std::vector<Record> pending_;
  uint64_t last_seq_ = 0;
  uint64_t acked_seq_ = 0;
};

}  // namespace buoy::shim
