#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/shim/dns_server.h"
#include "daemon/shim/exec_table.h"
#include "daemon/shim/health_monitor.h"
#include "daemon/shim/log_writer.h"
#include "daemon/shim/oom.h"
#include "daemon/shim/port_proxy.h"
#include "daemon/shim/process_io.h"
#include "daemon/shim/recorder.h"
#include "daemon/shim/run_folder.h"
#include "daemon/shim/waiters.h"

namespace buoy::shim {

// The one container of this process: its runs, one after the other, and everybody connected to it.
class Container {
 public:
  // `folder`: the container's run directory.
  Container(EventLoop& loop, Reaper& reaper, Journal& journal, const std::string& folder,
            std::function<void()> on_idle);
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  void SetControl(Control* control);
  void UseRuntimeCopy(const std::string& path, Fd program) {
    runtime_.UseCopy(path, std::move(program));
  }

  using Token = Control::Token;
  // Requests with a token are answered through Control, at once or later.
  void Start(const Token& token, StartRequest request, std::vector<Fd> fds);
  void StartExec(const Token& token, ExecRequest request, Fd client);
  void Pause(const Token& token) { ChangePause(token, true); }
  void Resume(const Token& token) { ChangePause(token, false); }
  void Signal(const Token& token, const SignalRequest& request);

  // The others give 0 or an errno.
  int Attach(AttachRequest request, Fd client);
  int Logs(const LogsRequest& request, Fd client);
  int Wait(const WaitRequest& request, Fd client);
  int Resize(const ResizeRequest& request);
  int CloseStdin(const CloseStdinRequest& request);
  int UpdatePolicy(const UpdatePolicyRequest& request);
  int MarkStopped(bool stopped);
  int Removed(const std::string& error);
  int HoldFds(const std::string& name, std::vector<Fd> fds);

  // The run directory was wiped: the next run needs its files; false with errno.
  bool RestoreFolder() { return config_.bundle.empty() || folder_.Restore(config_.bundle); }

  State Snapshot() const;
  const Health& health() const { return health_.health(); }
  Recorder& recorder() { return recorder_; }
  const ClientList& clients() const { return clients_; }
  Phase phase() const { return state_.phase; }
  // The container is no more for the daemon.
  bool removed() const { return removed_; }
  // A process lives or is about to.
  bool busy() const;
  // Nothing is under way any more: the process may end when its clients are served.
  bool quiet() const;

 private:
  bool running() const { return state_.phase == Phase::kRunning || state_.phase == Phase::kPaused; }
  // container_run.cc: creating, ending and restarting.
  void BeginRun();
  void OnRuntimeStarted(const Runtime::Outcome& outcome);
  void StartFailed(const std::string& text);
  void OnInitExit(int wait_status);
  void OnDrained();
  void Retire();
  // Starts the run that waits, if nothing of the last one is under way any more.
  void BeginIfReady();
  void DeleteFromRuntime();
  void RunPendingSignals();
  void WriteExtraPidFile();

  void ChangePause(const Token& token, bool pause);
  void SignalNow(const Token& token, const SignalRequest& request);
  void ReplyErrno(const Token& token, int error, const std::string& what);
  void OnOom();
  void OnHealthChange();

  EventLoop& loop_;
  Reaper& reaper_;
  Journal& journal_;
  Runtime runtime_;
  Recorder recorder_;
  ClientList clients_;
  Waiters waiters_;
  LogWriter log_;
  ProcessIo io_;
  OomWatch oom_;
  HealthMonitor health_;
  ExecTable execs_;
  PortProxy ports_;
  RunFolder folder_;
  DnsServer dns_;
  Control* control_ = nullptr;
  std::function<void()> on_idle_;

  StartRequest config_;
  State state_;
  bool start_waiting_ = false;  // a Start that waits for the end of the last run
  bool deleting_ = false;
  bool ending_ = false;    // from the exit until clients have been told
  bool replying_ = false;  // start_token_ is to be answered
  Token start_token_;
  int64_t restart_delay_ = 0;
  int64_t started_clock_ = 0;  // of the monotonic clock
  int64_t run_time_ = 0;
  bool policy_cancelled_ = false;  // by a stop or kill
  bool removed_ = false;
  bool restart_due_ = false;     // the policy's delay is over
  bool change_pending_ = false;  // a pause or resume is with the runtime
  EventLoop::TimerId restart_timer_ = EventLoop::kNoTimer;
  std::vector<std::pair<Token, SignalRequest>> pending_signals_;
  std::vector<std::pair<std::string, std::vector<Fd>>> held_;
};

}  // namespace buoy::shim
