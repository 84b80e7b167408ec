// The daemon is replaced in place. Who owns the state (database, shims, firewall), whose lock both
// daemons then hold:
//   the old one, until it has been closed here (Quiesce: no request runs, new ones wait) and Go is
//   sent; the new one from then on; the old one again when the new one has been killed for not
//   getting ready in time. With Commit there is no way back.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "common/unix/file.h"
#include "daemon/logging/log.h"
#include "daemon/server/service.h"
#include "daemon/server/service_manager.h"
#include "daemon/state/db.h"

namespace buoy::server {
namespace {

using std::chrono::milliseconds;

// Clients that come meanwhile wait for so long at most, again and again if need be.
constexpr milliseconds kPauseLimit{3'000};
// A request that has been running for longer is waited for with the gate open.
constexpr milliseconds kLongRequest{500};
constexpr milliseconds kPoll{20};

// What a failed attempt of the new release may have done to the database is undone with this.
class DatabaseCopy {
 public:
  explicit DatabaseCopy(std::string path) : path_(std::move(path)), copy_(path_ + ".before") {}

  // The database is closed: there is no journal beside it that would be needed.
  Status Make() const {
    std::error_code error;
    std::filesystem::copy_file(path_, copy_, std::filesystem::copy_options::overwrite_existing,
                               error);
    if (error) return Internal("copy " + path_ + ": " + error.message());
    return Ok();
  }
  void Restore() const {
    for (const char* suffix : {"-wal", "-shm"}) unlink((path_ + suffix).c_str());
    if (rename(copy_.c_str(), path_.c_str()) != 0) {
      log::Error("cannot restore the database", {{"path", copy_}});
    }
  }

 private:
  std::string path_, copy_;
};

}  // namespace

Result<api::UpgradeReport> Service::Upgrade(const api::UpgradeOptions& options) {
  std::future<Result<api::UpgradeReport>> answer;
  {
    std::lock_guard lock(request_mutex_);
    if (ending_) return Unavailable("the daemon is shutting down");
    if (request_ != nullptr) return Conflict("another upgrade is going on");
    request_ = std::make_unique<Request>();
    request_->options = options;
    answer = request_->answer.get_future();
  }
  kill(getpid(), SIGUSR2);
  return answer.get();
}

void Service::OnUpgrade(Signals& signals) {
  api::UpgradeOptions options;
  {
    std::lock_guard lock(request_mutex_);
    if (request_ != nullptr) options = request_->options;
  }
  NotifyServiceManager(ReloadingState());
  auto report = Replace(options, signals);
  if (report.ok()) {
    NotifyServiceManager("MAINPID=" + std::to_string(report->pid) + "\nREADY=1");
    log::Info("The new daemon serves", {{"pid", report->pid}, {"version", report->version}});
  } else {
    NotifyServiceManager("READY=1\nSTATUS=" + report.error().message());
    log::Error(report.error().message());
  }
  std::unique_ptr<Request> request;
  {
    std::lock_guard lock(request_mutex_);
    request = std::move(request_);
    ending_ = report.ok();
  }
  if (request != nullptr) request->answer.set_value(std::move(report));
}

Result<api::UpgradeReport> Service::Replace(const api::UpgradeOptions& options,
                                            const Signals& signals) {
  constexpr char kFailed[] = "upgrade failed, the running daemon goes on";
  const auto deadline = Clock::now() + options.timeout;
  const std::string program = options.path.empty() ? invocation_.program : options.path;
  log::Info("Upgrading in place", {{"program", program}});
  BUOY_ASSIGN_CONTEXT(auto successor, Successor::Start(program, invocation_.arguments), kFailed);
  BUOY_ASSIGN_CONTEXT(const HandoverPrepared prepared,
                      successor->Prepare(CopyListeners(), deadline), kFailed);
  BUOY_TRY_CONTEXT(Quiesce(deadline, signals), kFailed);
  Status handed_over = HandOver(*successor, prepared.schema, deadline);
  if (!handed_over.ok()) {
    Reopen();
    return std::move(handed_over).error().Context(kFailed);
  }
  successor_ = std::move(successor);
  server_->engine().Retire(
      [this](api::Engine::Handed connection) { successor_->Give(std::move(connection)); });
  if (auto serving = successor_->AwaitServing(deadline); !serving.ok()) {
    log::Error("The new daemon has taken over, but does not say that it serves",
               {{"error", serving.error().message()}});
  }
  return api::UpgradeReport{successor_->pid(), prepared.version};
}

std::vector<Inherited> Service::CopyListeners() const {
  std::vector<Inherited> copies;
  for (const auto& [address, fd] : listening_) {
    copies.push_back({address, Fd(fcntl(fd, F_DUPFD_CLOEXEC, 0))});
  }
  return copies;
}

// Nobody waits at the gate for a request that takes long anyway: the gate is closed when only young
// ones run.
Status Service::Quiesce(Clock::time_point deadline, const Signals& signals) {
  Error why = Unavailable("no time");
  while (Clock::now() < deadline) {
    if (signals.Arrives(kPoll)) return Unavailable("interrupted by a signal");
    const std::vector<std::string> running = server_->engine().OlderThan(kLongRequest);
    if (!running.empty()) {
      why = Unavailable("requests are still being carried out: " + running.front() +
                        (running.size() > 1 ? " and others" : ""));
      continue;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    Status paused = server_->engine().Pause(std::min(kPauseLimit, left));
    if (paused.ok()) return paused;
    why = std::move(paused).error();
  }
  return why;
}

Status Service::HandOver(Successor& successor, int schema, Clock::time_point deadline) {
  const config::Paths paths{daemon_->running().settings->String("data-root"), ""};
  before_ = daemon_->running();
  daemon_.reset();
  const DatabaseCopy copy(paths.Database());
  const bool migrates = schema != state::Db::KnownSchema();
  if (migrates) BUOY_TRY(copy.Make());
  Status taken = successor.TakeOver(lock_->fd(), deadline);
  if (taken.ok()) taken = successor.Commit();
  if (taken.ok()) return taken;
  successor.Kill();
  if (migrates) copy.Restore();
  return taken;
}

void Service::Reopen() {
  Daemon::Beginning beginning{.handed_over = true, .loaded = before_.loaded, .tls = nullptr};
  Status opened = OpenDaemon(*before_.settings, std::move(beginning));
  if (opened.ok()) {
    api::Backends backends = daemon_->backends();
    backends.upgrade = this;
    opened = server_->Bind(backends);
  }
  if (!opened.ok()) {
    // Containers go on; the service manager starts another daemon.
    log::Error("cannot go on after a failed upgrade", {{"error", opened.error().message()}});
    _exit(1);
  }
  server_->engine().Resume();
}

// Answers that are still being written and relays of TLS connections have no other owner.
void Service::Linger(Signals& signals) {
  const bool at_once = server_->engine().WaitRetired(milliseconds(500));
  if (!at_once) log::Info("The old daemon stays for the clients that it still answers");
  while (!server_->engine().WaitRetired(milliseconds(200))) {
    if (signals.Arrives(milliseconds(0))) break;
  }
  log::Info("The old daemon has nothing left to do");
}

}  // namespace buoy::server
