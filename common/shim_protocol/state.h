#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/shim_protocol/codec.h"

namespace buoy::shim {

// What a shim knows about its container, and the records of its journal.

enum class Phase : uint8_t {
  kEmpty = 0,     // nothing started yet
  kCreating = 1,  // the runtime is at work
  kRunning = 2,
  kPaused = 3,
  kRestarting = 4,  // exited, the restart policy waits
  kExited = 5,
};

enum class WaitCondition : uint8_t { kNotRunning = 0, kNextExit = 1, kRemoved = 2 };

enum class HealthStatus : uint8_t { kNone = 0, kStarting = 1, kHealthy = 2, kUnhealthy = 3 };

struct HealthResult {
  int64_t start = 0;
  int64_t end = 0;
  int32_t exit_code = 0;  // -1: timed out or could not run
  std::string output;

  template <class V>
  void Fields(V& v) {
    v(1, start), v(2, end), v(3, exit_code), v(4, output);
  }
};

struct Health {
  HealthStatus status = HealthStatus::kNone;
  int32_t failing_streak = 0;
  std::vector<HealthResult> log;  // the last five, oldest first

  template <class V>
  void Fields(V& v) {
    v(1, status), v(2, failing_streak), v(3, log);
  }
};

struct ExecState {
  std::string exec_id;
  int32_t pid = 0;  // 0 = the runtime is still starting it
  uint64_t pid_start_time = 0;

  template <class V>
  void Fields(V& v) {
    v(1, exec_id), v(2, pid), v(3, pid_start_time);
  }
};

struct State {
  Phase phase = Phase::kEmpty;
  int32_t pid = 0;
  uint64_t pid_start_time = 0;  // /proc/PID/stat field 22
  int64_t started_at = 0;
  int32_t exit_code = 0;
  int64_t exited_at = 0;
  bool oom_killed = false;
  bool manually_stopped = false;
  uint32_t restart_count = 0;
  int64_t restart_at = 0;  // when kRestarting
  std::vector<std::string> runtime;
  std::string container_id;
  uint32_t clients = 0;
  std::vector<ExecState> execs;  // the running ones
  HealthStatus health = HealthStatus::kNone;
  int32_t failing_streak = 0;
  uint64_t last_seq = 0;  // of the journal
  uint64_t acked_seq = 0;
  int32_t shim_pid = 0;
  uint64_t shim_start_time = 0;
  std::string error;  // of the last failed restart

  template <class V>
  void Fields(V& v) {
    v(1, phase), v(2, pid), v(3, pid_start_time), v(4, started_at), v(5, exit_code);
    v(6, exited_at), v(7, oom_killed), v(8, manually_stopped), v(9, restart_count);
    v(10, restart_at), v(11, runtime), v(12, container_id), v(13, clients), v(14, execs);
    v(15, health), v(16, failing_streak), v(17, last_seq), v(18, acked_seq), v(19, shim_pid);
    v(20, shim_start_time), v(21, error);
  }
};

enum class RecordKind : uint16_t {
  kStarted = 1,  // pid, pid_start_time, restart_count
  kExited = 2,   // exit_code, oom_killed, will_restart, restart_at, restart_count
  kOom = 3,
  kHealth = 4,            // health, failing_streak
  kExecStarted = 5,       // exec_id, pid
  kExecExited = 6,        // exec_id, exit_code, pid; text = the runtime's error if it failed
  kRestartFailed = 7,     // text, exit_code (126, 127 or 128); the container stays exited
  kRestartCancelled = 8,  // MarkStopped while the policy waited; the container stays exited
  kPaused = 9,
  kResumed = 10,
  kDetached = 11,     // a client left by the detach keys; exec_id when it was an exec's
  kStartFailed = 12,  // the daemon's Start failed: text, exit_code
};

// One line of the journal. `seq` grows by one per record over the life of the container, across
// shims; what has been acknowledged is not sent again.
struct Record {
  static constexpr uint16_t kType = 2;  // MessageType::kRecord
  uint64_t seq = 0;
  int64_t time = 0;  // ns since the epoch
  RecordKind kind = RecordKind::kStarted;
  int32_t pid = 0;
  uint64_t pid_start_time = 0;
  int32_t exit_code = 0;
  bool oom_killed = false;
  bool will_restart = false;
  int64_t restart_at = 0;
  uint32_t restart_count = 0;
  std::string exec_id;
  HealthStatus health = HealthStatus::kNone;
  int32_t failing_streak = 0;
  std::string text;
  bool manually_stopped = false;

  template <class V>
  void Fields(V& v) {
    v(1, seq), v(2, time), v(3, kind), v(4, pid), v(5, pid_start_time), v(6, exit_code);
    v(7, oom_killed), v(8, will_restart), v(9, restart_at), v(10, restart_count);
    v(11, exec_id), v(12, health), v(13, failing_streak), v(14, text), v(15, manually_stopped);
  }
};

}  // namespace buoy::shim
