#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/shim_protocol/types.h"
#include "common/unix/fd.h"
#include "daemon/shim/child.h"

namespace buoy::shim {

// Readers of the log that follow it.
class LogObserver {
 public:
  virtual void OnLogAppended() = 0;
  // A new current file was opened at the path.
  virtual void OnLogRotated() = 0;
  // The container has ended; nothing more will be written in this run.
  virtual void OnLogClosed() = 0;

 protected:
  ~LogObserver() = default;
};

// Docker's json-file driver: cuts the output into lines (of at most 16 KiB), writes and rotates.
// Never blocks on anything but the disk; what cannot be written is lost, not the container.
class LogWriter {
 public:
  explicit LogWriter(Reaper& reaper) : reaper_(reaper) {}

  // Opens the file for a run of the container; "none" keeps nothing.
  void Open(const LogConfig& config);
  void Write(bool is_stderr, std::string_view data);
  // Writes unfinished lines and tells the observers.
  void Close();
  void SetLimits(uint64_t max_size, uint32_t max_files);

  bool enabled() const { return enabled_; }
  // Between Open and Close.
  bool open() const { return open_; }
  const std::string& path() const { return config_.path; }
  // The bytes of an unfinished line, not yet in the file.
  std::string_view pending(bool is_stderr) const { return streams_[is_stderr].line; }

  void AddObserver(LogObserver* observer) { observers_.push_back(observer); }
  void RemoveObserver(LogObserver* observer);

 private:
  struct Stream {
    std::string line;        // the bytes since the last newline or piece
    bool in_pieces = false;  // pieces of the current line are in the file already
    int64_t piece_time = 0;  // all pieces of a line carry the time of the first
  };
  void EmitLine(bool is_stderr, std::string_view first, std::string_view second);
  void EmitPiece(bool is_stderr);
  void Emit(bool is_stderr, std::string_view log, int64_t time);
  void Flush();
  void OpenFile(int extra_flags);
  void Rotate();
  void Compress(const std::string& path, int64_t last_time);
  void Notify(void (LogObserver::*event)());

  Reaper& reaper_;
  LogConfig config_;
  std::string attrs_;  // encoded
  bool enabled_ = false;
  bool open_ = false;
  Fd fd_;
  uint64_t size_ = 0;
  Stream streams_[2];
  std::string batch_;    // entries to be written at once
  std::string scratch_;  // a line put together
  int64_t last_time_ = 0;
  bool compressing_ = false;
  std::vector<LogObserver*> observers_;
};

}  // namespace buoy::shim
