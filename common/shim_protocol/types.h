#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/shim_protocol/state.h"

namespace buoy::shim {

// The messages of the protocol. Tags are never reused for something else. Descriptors travel as
// SCM_RIGHTS with the message; fields that name one hold its index in that list. Times are
// nanoseconds since the epoch, durations nanoseconds, 0 = unset. Strings that default to empty must
// (an empty one is not sent).
enum class MessageType : uint16_t {
  kReply = 1,   // shim -> daemon, seq of the request
  kRecord = 2,  // shim -> daemon, pushed
  kHello = 10,
  kAck = 11,
  kStart = 12,
  kExec = 13,
  kAttach = 14,
  kLogs = 15,
  kWait = 16,
  kResize = 17,
  kSignal = 18,
  kPause = 19,
  kResume = 20,
  kCloseStdin = 21,
  kUpdatePolicy = 22,
  kRemoved = 23,
  kMarkStopped = 24,
  kHoldFds = 25,
  kQuit = 26,
  kGetState = 27,
  kGetHealth = 28,
};

// Every reply starts with these two fields; 0 = success.
struct ReplyStatus {
  static constexpr MessageType kType = MessageType::kReply;
  int32_t error = 0;  // an errno; EREMOTEIO = the text is the OCI runtime's own
  std::string text;

  template <class V>
  void Fields(V& v) {
    v(1, error), v(2, text);
  }
};

// First message of a connection. Before the reply the shim pushes every un-acknowledged record
// (when `subscribe`), and from then on each new one.
struct HelloRequest {
  static constexpr MessageType kType = MessageType::kHello;
  uint32_t major = kMajorVersion;
  uint32_t minor = kMinorVersion;
  bool subscribe = false;

  template <class V>
  void Fields(V& v) {
    v(1, major), v(2, minor), v(3, subscribe);
  }
};
struct HelloReply {
  uint32_t major = 0;
  uint32_t minor = 0;
  State state;

  template <class V>
  void Fields(V& v) {
    v(10, major), v(11, minor), v(12, state);
  }
};

// Records up to and including `seq` are in the database. No reply.
struct AckRequest {
  static constexpr MessageType kType = MessageType::kAck;
  uint64_t seq = 0;

  template <class V>
  void Fields(V& v) {
    v(1, seq);
  }
};

struct RestartPolicy {
  std::string name;  // "", "no", "always", "unless-stopped", "on-failure"
  uint32_t max_retries = 0;

  template <class V>
  void Fields(V& v) {
    v(1, name), v(2, max_retries);
  }
};

struct HealthConfig {
  bool enabled = false;
  // The OCI process.json of the probe (args already "sh -c ..." for CMD-SHELL).
  std::string process_path;
  int64_t interval = 0;        // 0 = Docker's defaults: 30 s
  int64_t timeout = 0;         // 30 s
  int64_t start_period = 0;    // 0
  int64_t start_interval = 0;  // 5 s
  uint32_t retries = 0;        // 3

  template <class V>
  void Fields(V& v) {
    v(1, enabled), v(2, process_path), v(3, interval), v(4, timeout), v(5, start_period);
    v(6, start_interval), v(7, retries);
  }
};

struct LogConfig {
  std::string driver;     // "json-file" or "none"
  std::string path;       // <data-root>/containers/<id>/<id>-json.log
  uint64_t max_size = 0;  // bytes, 0 = no limit
  uint32_t max_files = 1;
  bool compress = false;
  // The members of "attrs" (labels, env, tag), in the order to be written: {"key", "value"} pairs.
  std::vector<std::string> attrs;
  bool non_blocking = false;  // `mode`; the shim's writer never blocks on more than the disk
  uint64_t max_buffer_size = 0;

  template <class V>
  void Fields(V& v) {
    v(1, driver), v(2, path), v(3, max_size), v(4, max_files), v(5, compress), v(6, attrs);
    v(7, non_blocking), v(8, max_buffer_size);
  }
};

struct ConsoleSize {
  uint32_t width = 0;
  uint32_t height = 0;

  template <class V>
  void Fields(V& v) {
    v(1, width), v(2, height);
  }
};

struct PortForward {
  uint32_t fd_index = 0;  // a bound socket; TCP ones need not listen yet
  bool udp = false;
  std::string address;  // the container's, textual IPv4 or IPv6
  uint32_t port = 0;

  template <class V>
  void Fields(V& v) {
    v(1, fd_index), v(2, udp), v(3, address), v(4, port);
  }
};

// Creates and starts the container. The bundle folder (config.json inside) is where the shim also
// keeps its working files (pid file, runtime log, console socket).
struct StartRequest {
  static constexpr MessageType kType = MessageType::kStart;
  std::vector<std::string> runtime;  // path and global arguments (--root X, --systemd-cgroup ...)
  std::string bundle;
  std::string container_id;
  bool tty = false;
  bool open_stdin = false;
  bool stdin_once = false;
  ConsoleSize console_size;
  LogConfig log;
  RestartPolicy restart;
  HealthConfig health;
  // Folders with memory.oom_control (v1) or memory.events (v2); read when the container runs.
  std::vector<std::string> memory_cgroups;
  std::vector<PortForward> ports;
  std::string pid_file;    // init's pid is written here too, for others to read; may be empty
  uint32_t pipe_size = 0;  // of each stdio pipe, 0 = 64 KiB
  std::vector<std::string> run_args;  // extra arguments of `run` (e.g. --no-new-keyring)
  bool keep_restart_count = false;    // start by the daemon's own decision (e.g. after reboot)

  template <class V>
  void Fields(V& v) {
    v(1, runtime), v(2, bundle), v(3, container_id), v(4, tty), v(5, open_stdin);
    v(6, stdin_once), v(7, console_size), v(8, log), v(9, restart), v(10, health);
    v(11, memory_cgroups), v(12, ports), v(13, pid_file), v(14, pipe_size), v(15, run_args);
    v(16, keep_restart_count);
  }
};
struct StartReply {
  int32_t pid = 0;
  uint64_t pid_start_time = 0;
  int64_t started_at = 0;

  template <class V>
  void Fields(V& v) {
    v(10, pid), v(11, pid_start_time), v(12, started_at);
  }
};

// Where and how a client's connection is spoken to.
struct ClientStream {
  uint32_t fd_index = 0;
  std::string read_ahead;    // bytes of the client the daemon had read already
  bool multiplexed = false;  // 8-byte frames instead of raw bytes (no tty)
  bool chunked = false;      // the head announced Transfer-Encoding: chunked

  template <class V>
  void Fields(V& v) {
    v(1, fd_index), v(2, read_ahead), v(3, multiplexed), v(4, chunked);
  }
};

struct ExecRequest {
  static constexpr MessageType kType = MessageType::kExec;
  std::string exec_id;
  std::string process_path;  // OCI process.json
  bool tty = false;
  bool attach_stdin = false;
  bool attach_stdout = false;
  bool attach_stderr = false;
  bool detach = false;  // no client
  ConsoleSize console_size;
  std::string detach_keys;  // the bytes, not the "ctrl-p" spec; empty = none
  ClientStream client;
  // What a client is told when the runtime fails: prefix + the runtime's text + suffix.
  std::string error_prefix;
  std::string error_suffix;

  template <class V>
  void Fields(V& v) {
    v(1, exec_id), v(2, process_path), v(3, tty), v(4, attach_stdin), v(5, attach_stdout);
    v(6, attach_stderr), v(7, detach), v(8, console_size), v(9, detach_keys), v(10, client);
    v(11, error_prefix), v(12, error_suffix);
  }
};
struct ExecReply {
  int32_t pid = 0;
  uint64_t pid_start_time = 0;

  template <class V>
  void Fields(V& v) {
    v(10, pid), v(11, pid_start_time);
  }
};

// Accepted before the container runs, too: the stream starts with it. The reply says that the shim
// has taken the client over.
struct AttachRequest {
  static constexpr MessageType kType = MessageType::kAttach;
  ClientStream client;
  bool attach_stdin = false;
  bool attach_stdout = false;
  bool attach_stderr = false;
  bool logs = false;    // first what the log holds
  bool stream = false;  // then what comes
  std::string detach_keys;

  template <class V>
  void Fields(V& v) {
    v(1, client), v(2, attach_stdin), v(3, attach_stdout), v(4, attach_stderr), v(5, logs);
    v(6, stream), v(7, detach_keys);
  }
};

struct LogsRequest {
  static constexpr MessageType kType = MessageType::kLogs;
  ClientStream client;
  int64_t since = 0;
  int64_t until = 0;
  int64_t tail = -1;  // lines; -1 = all
  bool timestamps = false;
  bool details = false;
  bool want_stdout = false;
  bool want_stderr = false;
  bool follow = false;

  template <class V>
  void Fields(V& v) {
    v(1, client), v(2, since), v(3, until), v(4, tail), v(5, timestamps), v(6, details);
    v(7, want_stdout), v(8, want_stderr), v(9, follow);
  }
};

struct WaitRequest {
  static constexpr MessageType kType = MessageType::kWait;
  ClientStream client;
  WaitCondition condition = WaitCondition::kNotRunning;

  template <class V>
  void Fields(V& v) {
    v(1, client), v(2, condition);
  }
};

struct ResizeRequest {
  static constexpr MessageType kType = MessageType::kResize;
  std::string exec_id;  // empty = the container
  ConsoleSize size;

  template <class V>
  void Fields(V& v) {
    v(1, exec_id), v(2, size);
  }
};

struct SignalRequest {
  static constexpr MessageType kType = MessageType::kSignal;
  int32_t signal = 0;
  bool all = false;           // every process of the container
  bool mark_stopped = false;  // a user's stop or kill: the restart policy must not fire
  std::string exec_id;        // empty = the container
  // A user's signal that is not meant to end it: only unless-stopped minds.
  bool by_user = false;

  template <class V>
  void Fields(V& v) {
    v(1, signal), v(2, all), v(3, mark_stopped), v(4, exec_id), v(5, by_user);
  }
};

struct PauseRequest {
  static constexpr MessageType kType = MessageType::kPause;
  template <class V>
  void Fields(V&) {}
};
struct ResumeRequest {
  static constexpr MessageType kType = MessageType::kResume;
  template <class V>
  void Fields(V&) {}
};

struct CloseStdinRequest {
  static constexpr MessageType kType = MessageType::kCloseStdin;
  std::string exec_id;

  template <class V>
  void Fields(V& v) {
    v(1, exec_id);
  }
};

// What `update` may change on a running container; only the parts named are taken.
struct UpdatePolicyRequest {
  static constexpr MessageType kType = MessageType::kUpdatePolicy;
  bool set_restart = false;
  RestartPolicy restart;
  bool set_health = false;
  HealthConfig health;
  bool set_log_limits = false;
  uint64_t log_max_size = 0;
  uint32_t log_max_files = 1;

  template <class V>
  void Fields(V& v) {
    v(1, set_restart), v(2, restart), v(3, set_health), v(4, health), v(5, set_log_limits);
    v(6, log_max_size), v(7, log_max_files);
  }
};

// The container's removal is done, or failed with `error`: answers wait?condition=removed.
struct RemovedRequest {
  static constexpr MessageType kType = MessageType::kRemoved;
  std::string error;

  template <class V>
  void Fields(V& v) {
    v(1, error);
  }
};

// A user stopped it: the restart policy must not fire, and a restart that waits is cancelled.
struct MarkStoppedRequest {
  static constexpr MessageType kType = MessageType::kMarkStopped;
  bool stopped = true;

  template <class V>
  void Fields(V& v) {
    v(1, stopped);
  }
};

// Under this name: the sockets of the container's DNS server, on which the shim serves.
inline constexpr char kDnsSockets[] = "dns";

// Descriptors kept open as long as the shim lives (or until the same name is sent with none).
struct HoldFdsRequest {
  static constexpr MessageType kType = MessageType::kHoldFds;
  std::string name;

  template <class V>
  void Fields(V& v) {
    v(1, name);
  }
};

// Refused with EBUSY while a container runs or waits for its restart. Otherwise the socket goes
// away at once and the process as soon as its last client is served.
struct QuitRequest {
  static constexpr MessageType kType = MessageType::kQuit;
  template <class V>
  void Fields(V&) {}
};

struct GetStateRequest {
  static constexpr MessageType kType = MessageType::kGetState;
  template <class V>
  void Fields(V&) {}
};
struct GetStateReply {
  State state;
  template <class V>
  void Fields(V& v) {
    v(10, state);
  }
};

struct GetHealthRequest {
  static constexpr MessageType kType = MessageType::kGetHealth;
  template <class V>
  void Fields(V&) {}
};
struct GetHealthReply {
  Health health;
  template <class V>
  void Fields(V& v) {
    v(10, health);
  }
};

}  // namespace buoy::shim
