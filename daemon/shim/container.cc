#include "daemon/shim/container.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "daemon/shim/clock.h"
#include "daemon/shim/log_client.h"
#include "daemon/shim/stream_client.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

Container::Container(EventLoop& loop, Reaper& reaper, Journal& journal, const std::string& folder,
                     std::function<void()> on_idle)
    : loop_(loop),
      reaper_(reaper),
      journal_(journal),
      runtime_(reaper),
      recorder_(loop, journal),
      clients_(loop, [this] { on_idle_(); }),
      waiters_(clients_),
      log_(reaper),
      io_(loop),
      oom_(loop, [this] { OnOom(); }),
      health_(loop, reaper, runtime_, [this] { OnHealthChange(); }),
      execs_(loop, reaper, runtime_, clients_, recorder_),
      ports_(loop),
      dns_(loop, folder),
      on_idle_(std::move(on_idle)) {
  io_.SetTap([this](bool is_stderr, std::string_view data) { log_.Write(is_stderr, data); });
}

void Container::SetControl(Control* control) {
  control_ = control;
  recorder_.SetControl(control);
  execs_.SetControl(control);
}

bool Container::busy() const {
  return start_waiting_ || running() || state_.phase == Phase::kCreating ||
         state_.phase == Phase::kRestarting;
}

bool Container::quiet() const {
  return !busy() && !ending_ && !deleting_ && recorder_.idle() && execs_.empty();
}

void Container::ReplyErrno(const Token& token, int error, const std::string& what) {
  control_->Reply(token, error, error == 0 ? "" : ErrnoText(what, error), "");
}

int Container::Attach(AttachRequest request, Fd client) {
  StreamClient::Options options;
  options.multiplexed = request.client.multiplexed;
  options.attach_stdin = request.attach_stdin;
  options.attach_stdout = request.attach_stdout;
  options.attach_stderr = request.attach_stderr;
  options.detach_keys = std::move(request.detach_keys);
  options.read_ahead = std::move(request.client.read_ahead);
  auto stream =
      std::make_unique<StreamClient>(clients_, std::move(client), io_, std::move(options), [this] {
        Record record;
        record.kind = RecordKind::kDetached;
        recorder_.Write(record, false);
      });
  StreamClient* added = stream.get();
  clients_.Add(std::move(stream));
  if (request.logs && log_.enabled()) {
    added->StartWithLog(log_, request.stream);
  } else if (request.stream) {
    added->Start();
  } else {
    added->Finish();
  }
  return 0;
}

int Container::Logs(const LogsRequest& request, Fd client) {
  if (!log_.enabled()) return ENOTSUP;
  const bool follow = request.follow && (busy() || ending_) && log_.open();
  auto logs = std::make_unique<LogClient>(clients_, std::move(client), log_, request, follow);
  LogClient* added = logs.get();
  clients_.Add(std::move(logs));
  added->Start();
  return 0;
}

int Container::Wait(const WaitRequest& request, Fd client) {
  const bool met = !busy() && !ending_;
  waiters_.Add(std::move(client), request.client.chunked, request.condition, met, state_.exit_code);
  return 0;
}

int Container::Resize(const ResizeRequest& request) {
  ProcessIo* io = &io_;
  if (!request.exec_id.empty()) {
    Exec* exec = execs_.Find(request.exec_id);
    if (exec == nullptr) return ESRCH;
    io = &exec->io();
  } else if (!busy()) {
    return ESRCH;
  }
  io->Resize(request.size);
  return 0;
}

int Container::CloseStdin(const CloseStdinRequest& request) {
  if (request.exec_id.empty()) {
    io_.CloseStdin();
    return 0;
  }
  Exec* exec = execs_.Find(request.exec_id);
  if (exec == nullptr) return ESRCH;
  exec->io().CloseStdin();
  return 0;
}

void Container::Signal(const Token& token, const SignalRequest& request) {
  if (request.mark_stopped) MarkStopped(true);
  if (request.by_user) state_.manually_stopped = true;
  if (state_.phase == Phase::kCreating && request.exec_id.empty()) {
    pending_signals_.emplace_back(token, request);
  } else {
    SignalNow(token, request);
  }
}

void Container::SignalNow(const Token& token, const SignalRequest& request) {
  if (!request.exec_id.empty()) {
    Exec* exec = execs_.Find(request.exec_id);
    ReplyErrno(token, exec == nullptr ? ESRCH : -exec->Signal(request.signal), "kill exec");
    return;
  }
  if (state_.pid == 0) {
    ReplyErrno(token, ESRCH, "kill");
    return;
  }
  if (!request.all) {
    ReplyErrno(token, kill(state_.pid, request.signal) == 0 ? 0 : errno, "kill");
    return;
  }
  runtime_.Call({"kill", "--all", config_.container_id, Number(request.signal)}, {},
                [this, token](const Runtime::Outcome& outcome) {
                  control_->Reply(token, outcome.ok ? 0 : EREMOTEIO, outcome.error, "");
                });
}

void Container::ChangePause(const Token& token, bool pause) {
  if (state_.phase != (pause ? Phase::kRunning : Phase::kPaused) || change_pending_) {
    ReplyErrno(token, change_pending_ ? EBUSY : EINVAL, pause ? "pause" : "resume");
    return;
  }
  change_pending_ = true;
  const pid_t pid = state_.pid;
  const auto done = [this, token, pause, pid](const Runtime::Outcome& outcome) {
    change_pending_ = false;
    if (!outcome.ok) {
      control_->Reply(token, EREMOTEIO, outcome.error, "");
      return;
    }
    if (running() && state_.pid == pid) {
      state_.phase = pause ? Phase::kPaused : Phase::kRunning;
      health_.SetPaused(pause);
      Record record;
      record.kind = pause ? RecordKind::kPaused : RecordKind::kResumed;
      recorder_.Write(record, false);
    }
    control_->Reply(token, 0, "", "");
  };
  runtime_.Call({pause ? "pause" : "resume", config_.container_id}, {}, done);
}

void Container::StartExec(const Token& token, ExecRequest request, Fd client) {
  if (!running() || state_.pid == 0) {
    // The daemon looked a moment ago; the client only needs the end of its stream.
    ReplyErrno(token, ESRCH, "exec: container is not running");
    return;
  }
  execs_.Start(token, config_.container_id, config_.pipe_size, std::move(request),
               std::move(client));
}

int Container::UpdatePolicy(const UpdatePolicyRequest& request) {
  if (request.set_restart) config_.restart = request.restart;
  if (request.set_log_limits) log_.SetLimits(request.log_max_size, request.log_max_files);
  if (request.set_health) {
    config_.health = request.health;
    if (running()) health_.Start(config_.health, config_.container_id);
  }
  return 0;
}

int Container::MarkStopped(bool stopped) {
  state_.manually_stopped = policy_cancelled_ = stopped;
  if (!stopped || state_.phase != Phase::kRestarting) return 0;
  loop_.Cancel(&restart_timer_);
  restart_due_ = false;
  state_.phase = Phase::kExited;
  state_.restart_at = 0;
  ports_.Close();
  Record record;
  record.kind = RecordKind::kRestartCancelled;
  record.exit_code = state_.exit_code;
  record.restart_count = state_.restart_count;
  const uint64_t seq = recorder_.Write(record, true);
  recorder_.AfterAck(seq, [this] {
    if (!busy()) waiters_.OnExit(state_.exit_code, "");
    if (!busy()) io_.FinishClients();
  });
  return 0;
}

int Container::Removed(const std::string& error) {
  waiters_.OnRemoved(state_.exit_code, error);
  removed_ = error.empty();
  if (removed_ && !busy()) io_.FinishClients();
  return 0;
}

int Container::HoldFds(const std::string& name, std::vector<Fd> fds) {
  if (name == kDnsSockets) {
    dns_.Serve(std::move(fds));
    return 0;
  }
  for (size_t i = 0; i < held_.size(); i++) {
    if (held_[i].first != name) continue;
    held_.erase(held_.begin() + static_cast<long>(i));
    break;
  }
  if (!fds.empty()) held_.emplace_back(name, std::move(fds));
  return 0;
}

void Container::OnOom() {
  state_.oom_killed = true;
  Record record;
  record.kind = RecordKind::kOom;
  recorder_.Write(record, false);
}

void Container::OnHealthChange() {
  Record record;
  record.kind = RecordKind::kHealth;
  record.health = health_.health().status;
  record.failing_streak = health_.health().failing_streak;
  recorder_.Write(record, false);
}

State Container::Snapshot() const {
  State state = state_;
  state.runtime = runtime_.command();
  state.container_id = config_.container_id;
  state.clients = static_cast<uint32_t>(clients_.size());
  state.execs = execs_.States();
  state.health = health_.health().status;
  state.failing_streak = health_.health().failing_streak;
  state.last_seq = journal_.last_seq();
  state.acked_seq = journal_.acked_seq();
  state.shim_pid = getpid();
  state.shim_start_time = ProcessStartTime(getpid());
  return state;
}

}  // namespace buoy::shim
