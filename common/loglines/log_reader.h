#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/loglines/json_line.h"
#include "common/loglines/log_file.h"

namespace buoy::loglines {

struct ReadOptions {
  int64_t since = 0;  // ns, entries before it are skipped
  int64_t until = 0;  // ns, reading ends with the first entry after it; 0 = none
  int64_t tail = -1;  // only the last so many lines of the whole log; -1 = all
};

// Iterates over the entries of a log: PATH.N[.gz] ... PATH.1[.gz], PATH. All files are opened at
// once, so a rotation in between loses nothing. Malformed lines are skipped.
class LogReader {
 public:
  enum class Step {
    kEntry,
    kEnd,   // nothing more for now: a follower calls again when there is
    kDone,  // `until` was passed
  };

  LogReader(std::string path, const ReadOptions& options);

  Step Next(LogEntry* entry);
  // The writer has moved the current file away and opened a new one at the path: to be called
  // before that one can be moved away in turn. What is unread of the old one is still read first.
  void NoteRotation();

 private:
  void OpenAll();
  void OpenTail();
  bool OpenOlder(int number);
  bool TakeLine(std::string_view* line);
  bool Fill();

  std::string path_;
  ReadOptions options_;
  std::vector<std::unique_ptr<LogFile>> files_;  // oldest first
  std::string buffer_;
  size_t position_ = 0;    // of the next line in buffer_
  size_t scanned_ = 0;     // no newline before this
  bool skipping_ = false;  // in a line too long to be ours
};

}  // namespace buoy::loglines
