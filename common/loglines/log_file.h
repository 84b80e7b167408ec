#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/unix/fd.h"

namespace buoy::loglines {

// One file of a log, plain or gzip, read from the front. The descriptor keeps the file readable
// after it was rotated, compressed or removed.
class LogFile {
 public:
  // Null (errno set) when it cannot be opened.
  static std::unique_ptr<LogFile> Open(const std::string& path, bool gzip);
  ~LogFile();

  // Bytes read; 0 = at the end for now; -1 = unreadable from here on.
  int64_t Read(char* buffer, size_t size);
  // Puts the reading position before the last `lines` lines and returns how many there were, at
  // most `lines`. A last line without newline counts.
  int64_t SeekToTail(int64_t lines);

 private:
  struct Inflater;
  LogFile(Fd fd, std::unique_ptr<Inflater> inflater);
  int64_t SeekPlain(int64_t lines);
  int64_t SeekGzip(int64_t lines);
  bool Rewind();

  Fd fd_;
  std::unique_ptr<Inflater> inflater_;  // null = plain
};

}  // namespace buoy::loglines
