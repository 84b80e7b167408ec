// The runs of the container: creating it, its end, and the restart policy.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/runtime_text/runtime_text.h"
#include "daemon/shim/clock.h"
#include "daemon/shim/container.h"
#include "daemon/shim/restart.h"
#include "daemon/shim/text.h"

namespace buoy::shim {

namespace {
// As long as Docker waits for output that others keep open after init has ended.
constexpr int64_t kDrainLimit = 2 * kSecond;
constexpr char kPidFile[] = "init.pid";
constexpr size_t kMaxBundle = 4 << 20;
}  // namespace

void Container::Start(const Token& token, StartRequest request, std::vector<Fd> fds) {
  if (busy()) {
    control_->Reply(token, EBUSY, "container is already running", "");
    return;
  }
  const uint32_t count = request.keep_restart_count ? state_.restart_count : 0;
  config_ = std::move(request);
  state_.restart_count = count;
  state_.manually_stopped = policy_cancelled_ = false;
  state_.error.clear();
  restart_delay_ = 0;
  start_token_ = token;
  replying_ = true;
  start_waiting_ = true;
  if (!folder_.Enter(config_.bundle)) {
    StartFailed(ErrnoText("chdir " + config_.bundle, errno));
    return;
  }
  runtime_.Configure(config_.runtime, config_.bundle);
  if (const std::string error = ports_.Open(config_.ports, std::move(fds)); !error.empty()) {
    StartFailed(error);
    return;
  }
  BeginIfReady();
}

void Container::BeginIfReady() {
  if (ending_ || deleting_ || (!start_waiting_ && !restart_due_)) return;
  start_waiting_ = restart_due_ = false;
  BeginRun();
}

void Container::BeginRun() {
  state_.phase = Phase::kCreating;
  state_.restart_at = 0;
  ProcessIo::Options options;
  options.tty = config_.tty;
  options.want_stdin = config_.open_stdin;
  options.close_stdin = config_.stdin_once;
  options.pipe_size = config_.pipe_size;
  options.console_size = config_.console_size;
  options.console_path = "console.sock";
  if (!io_.Open(options)) {
    StartFailed(ErrnoText("streams", errno));
    return;
  }
  log_.Open(config_.log);
  std::vector<std::string> arguments = {"run",          "--detach",   "--bundle",
                                        config_.bundle, "--pid-file", kPidFile};
  for (std::string& argument : io_.console_arguments()) arguments.push_back(std::move(argument));
  arguments.insert(arguments.end(), config_.run_args.begin(), config_.run_args.end());
  arguments.push_back(config_.container_id);
  unlink(kPidFile);
  reaper_.HoldUnknown();
  runtime_.Call(arguments, io_.child_stdio(), [this](const Runtime::Outcome& outcome) {
    OnRuntimeStarted(outcome);
    reaper_.ReleaseUnknown();
  });
}

void Container::OnRuntimeStarted(const Runtime::Outcome& outcome) {
  int64_t pid = 0;
  if (!outcome.ok) {
    const std::string text = io_.TakeErrorText();
    const std::string bundle = ReadSmallFile("config.json", kMaxBundle);
    StartFailed(InRuncsWords(outcome.error.empty() ? text : outcome.error, RuntimeVerb::kCreate,
                             ProgramOf(bundle)));
    return;
  }
  if (!ParseNumber(ReadSmallFile(kPidFile, 64), &pid) || !io_.Begin()) {
    const bool console = pid != 0;
    DeleteFromRuntime();
    StartFailed(console ? "the OCI runtime sent no console" : "the OCI runtime wrote no pid file");
    return;
  }
  state_.pid = static_cast<int32_t>(pid);
  state_.pid_start_time = ProcessStartTime(state_.pid);
  state_.started_at = WallNow();
  started_clock_ = MonotonicNow();
  state_.phase = Phase::kRunning;
  state_.exit_code = 0;
  state_.exited_at = 0;
  state_.oom_killed = false;
  WriteExtraPidFile();
  Record record;
  record.kind = RecordKind::kStarted;
  record.time = state_.started_at;
  record.pid = state_.pid;
  record.pid_start_time = state_.pid_start_time;
  record.restart_count = state_.restart_count;
  recorder_.Write(record, true);
  if (std::exchange(replying_, false)) {
    StartReply reply;
    reply.pid = state_.pid;
    reply.pid_start_time = state_.pid_start_time;
    reply.started_at = state_.started_at;
    std::string payload;
    EncodeFields(reply, &payload);
    control_->Reply(start_token_, 0, "", payload);
  }
  oom_.Start(config_.memory_cgroups);
  health_.Start(config_.health, config_.container_id);
  ports_.Listen();
  RunPendingSignals();
  reaper_.Adopt(state_.pid, [this](int status) { OnInitExit(status); });
}

void Container::WriteExtraPidFile() {
  if (config_.pid_file.empty()) return;
  if (!WriteSmallFile(config_.pid_file.c_str(), Number(state_.pid))) {
    LogLine(ErrnoText("pid file " + config_.pid_file, errno));
  }
}

void Container::StartFailed(const std::string& raw_text) {
  const std::string text = raw_text.empty() ? "unknown error" : raw_text;
  const bool first = std::exchange(replying_, false);
  start_waiting_ = false;
  log_.Close();
  io_.Close();
  ports_.Close();
  state_.phase = Phase::kExited;
  state_.pid = 0;
  state_.error = text;
  if (first) state_.exit_code = ExitCodeOfStartError(text);
  Record record;
  record.kind = first ? RecordKind::kStartFailed : RecordKind::kRestartFailed;
  record.exit_code = ExitCodeOfStartError(text);
  record.restart_count = state_.restart_count;
  record.text = text;
  const uint64_t seq = recorder_.Write(record, true);
  if (first) {
    control_->Reply(start_token_, EREMOTEIO, text, "");
  } else {
    recorder_.AfterAck(seq, [this] {
      if (!busy()) waiters_.OnExit(state_.exit_code, state_.error);
    });
  }
  RunPendingSignals();
}

void Container::RunPendingSignals() {
  const auto pending = std::move(pending_signals_);
  pending_signals_.clear();
  for (const auto& [token, request] : pending) SignalNow(token, request);
}

void Container::OnInitExit(int wait_status) {
  // First, so that an OOM kill seen only now has a time before the exit's.
  oom_.Check();
  oom_.Stop();
  state_.exit_code = ExitCode(wait_status);
  state_.exited_at = WallNow();
  run_time_ = MonotonicNow() - started_clock_;
  state_.pid = 0;
  ending_ = true;
  health_.Stop();
  // Also kills what is left in the container's cgroup, so that the output ends.
  DeleteFromRuntime();
  io_.SetClosedHandler([this] { OnDrained(); });
  io_.Drain(kDrainLimit);
}

void Container::OnDrained() {
  log_.Close();
  RestartInput input;
  input.exit_code = state_.exit_code;
  input.cancelled = policy_cancelled_;
  input.manually_stopped = state_.manually_stopped;
  input.run_time = run_time_;
  input.restart_count = state_.restart_count;
  input.delay = restart_delay_;
  const RestartDecision decision = NextRestart(config_.restart, input);
  restart_delay_ = decision.delay;
  state_.restart_count = decision.restart_count;
  state_.phase = decision.restart ? Phase::kRestarting : Phase::kExited;
  state_.restart_at = decision.restart ? state_.exited_at + decision.delay : 0;
  if (!decision.restart) ports_.Close();
  Record record;
  record.kind = RecordKind::kExited;
  record.time = state_.exited_at;
  record.exit_code = state_.exit_code;
  record.oom_killed = state_.oom_killed;
  record.manually_stopped = state_.manually_stopped;
  record.will_restart = decision.restart;
  record.restart_at = state_.restart_at;
  record.restart_count = state_.restart_count;
  const uint64_t seq = recorder_.Write(record, true);
  if (decision.restart) {
    restart_timer_ = loop_.After(decision.delay, [this] {
      restart_timer_ = EventLoop::kNoTimer;
      restart_due_ = true;
      BeginIfReady();
    });
  }
  recorder_.AfterAck(seq, [this] { Retire(); });
}

// The end of a run is known to whom it matters: clients may be told.
void Container::Retire() {
  ending_ = false;
  io_.Close();
  waiters_.OnExit(state_.exit_code, "");
  BeginIfReady();
  on_idle_();
}

void Container::DeleteFromRuntime() {
  deleting_ = true;
  runtime_.Call({"delete", "--force", config_.container_id}, {},
                [this](const Runtime::Outcome& outcome) {
                  if (!outcome.ok) LogLine("delete: " + outcome.error);
                  deleting_ = false;
                  BeginIfReady();
                  on_idle_();
                });
}

}  // namespace buoy::shim
