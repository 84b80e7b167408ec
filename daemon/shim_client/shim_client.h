#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/shim_protocol/types.h"
#include "common/unix/fd.h"
#include "daemon/shim_client/shim_hub.h"

namespace buoy::shim {

// The shim's protocol has another major version: the container is to be left running, unmanaged.
// (ConnectOptions/Connect fail with this errno.)
inline constexpr int kForeignVersionErrno = 93;  // EPROTONOSUPPORT
// The errno of errors whose text is the OCI runtime's own ("runc create failed: ...").
inline constexpr int kRuntimeErrno = 121;  // EREMOTEIO
bool IsRuntimeError(const Error& error);

struct SpawnOptions {
  std::string shim_path;     // of the binary; empty = FindShim()
  std::string container_id;  // for ps
  std::string socket_path;   // <exec-root>/containers/<id>/shim.sock; its folder must exist
  std::string journal_path;  // <data-root>/containers/<id>/journal; its folder must exist
  std::string pid_path;      // the shim's pid is written here; may be empty
  // The OCI runtime and a sealed copy of it, which the shim starts instead for as long as the path
  // names the same file; "" and -1 = there is none. The descriptor stays the caller's.
  std::string runtime_path;
  int runtime_fd = -1;
  // Folders under cgroup hierarchies that the shim is moved into (made when missing); failure to
  // do so is no error. Empty = it stays in the daemon's.
  std::vector<std::string> cgroups;
};

struct ShimHandlers {
  // Called once per record in the order of the journal, on a thread of the hub, which it must not
  // keep: no requests. Afterwards the daemon acknowledges (Ack), at once or later. Records may come
  // again after a reconnect: skip those with a seq already applied.
  std::function<void(const Record&)> on_record;
  // The connection is gone (the shim ended or was killed); called once, after the last record.
  std::function<void()> on_disconnect;
};

// buoy-shim beside the running executable, else /usr/libexec/buoy/buoy-shim.
std::string FindShim();

// The daemon's connection to one shim. Thread-safe. Every request fails with kUnavailable when the
// shim is gone or does not answer in time.
class ShimClient {
 public:
  using Timeout = std::chrono::milliseconds;
  static constexpr Timeout kDefaultTimeout{10'000};

  // Starts a shim that survives this process, and connects to it.
  static Result<std::shared_ptr<ShimClient>> Spawn(ShimHub& hub, const SpawnOptions& options);
  // Connects to a running shim and says hello. kNotFound when none listens there;
  // errno kForeignVersionErrno when it speaks another major version.
  static Result<std::shared_ptr<ShimClient>> Connect(ShimHub& hub, const std::string& socket_path,
                                                     Timeout timeout = kDefaultTimeout);
  ~ShimClient();  // closes; no handler is called afterwards by this object

  // What the shim knew when the connection was made.
  const State& initial_state() const;
  // Starts the delivery of records: first the un-acknowledged ones, then new ones. Once.
  void Subscribe(ShimHandlers handlers);
  // Records up to `seq` are durable in the daemon's database.
  Status Ack(uint64_t seq);
  // True when the shim has sent no record after `seq` yet; does not ask the shim.
  bool QuietSince(uint64_t seq) const;

  // The descriptors of `fds` stay the caller's; the request's fd_index fields count into it.
  // kRuntimeErrno with the runtime's text when the container could not be created or started.
  Result<StartReply> Start(const StartRequest& request, const std::vector<int>& fds = {},
                           Timeout timeout = Timeout(120'000));
  // On a failure of the runtime the client (if any) has been told and closed by the shim, and
  // kExecExited is in the journal.
  Result<ExecReply> Exec(const ExecRequest& request, int client_fd = -1,
                         Timeout timeout = Timeout(120'000));
  // The shim owns the client's connection once these return; close your copy.
  Status Attach(const AttachRequest& request, int client_fd);
  Status Logs(const LogsRequest& request, int client_fd);
  Status Wait(const WaitRequest& request, int client_fd);

  Status Resize(const ResizeRequest& request);
  // kNotFound (ESRCH) when no such process runs.
  Status Signal(const SignalRequest& request);
  Status Pause();
  Status Resume();
  Status CloseStdin(const std::string& exec_id = "");
  Status UpdatePolicy(const UpdatePolicyRequest& request);
  Status MarkStopped(bool stopped);
  // Answers the clients of wait?condition=removed.
  Status Removed(const std::string& error = "");
  Status HoldFds(const std::string& name, const std::vector<int>& fds);
  // Conflict while a container runs. After success the socket is gone; the process ends when the
  // runtime's delete and the last client are done.
  Status Quit();
  Result<State> GetState();
  Result<Health> GetHealth();

  bool connected() const;

  class Connection;  // internal; shared with the hub

 private:
  ShimClient(std::shared_ptr<Connection> connection, ShimHub::Impl* hub);
  std::shared_ptr<Connection> connection_;
  ShimHub::Impl* hub_;
};

}  // namespace buoy::shim
