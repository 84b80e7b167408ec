#include "daemon/server/service.h"

#include <signal.h>
#include <unistd.h>

#include <thread>

#include "common/unix/file.h"
#include "common/version/version.h"
#include "daemon/config/notices.h"
#include "daemon/config/paths.h"
#include "daemon/logging/log.h"
#include "daemon/server/memory.h"
#include "daemon/server/service_manager.h"
#include "daemon/state/db.h"

namespace buoy::server {
namespace {

constexpr int kForcedEndSignals = 3;
constexpr std::chrono::milliseconds kDrainLimit{5'000};

config::Paths PathsOf(const config::Settings& settings) {
  return {settings.String("data-root"), settings.String("exec-root")};
}

// The second and third signal: who insists gets a daemon that ends at once. Containers go on.
void EndAtOnceWhenInsisted(Signals& signals) {
  std::thread([&signals] {
    for (int count = 1;;) {
      const int number = signals.Wait();
      if (number != SIGTERM && number != SIGINT) continue;
      if (++count < kForcedEndSignals) continue;
      log::Info("Forcing docker daemon shutdown without cleanup; 3 interrupts received");
      _exit(128 + number);
    }
  }).detach();
}

}  // namespace

Service::~Service() {
  predecessor_.reset();  // its thread uses the server
}

Result<std::unique_ptr<Service>> Service::Start(Invocation invocation, config::Settings settings,
                                                std::unique_ptr<Predecessor> predecessor) {
  std::unique_ptr<Service> service(new Service(std::move(invocation)));
  service->predecessor_ = std::move(predecessor);
  log::Info("Starting up");
  for (const auto& notice : config::Notices(settings)) log::Warn(notice);
  if (service->predecessor_ == nullptr) {
    BUOY_TRY(service->Begin(settings));
    return service;
  }
  Status begun = service->BeginAfter(settings);
  if (!begun.ok()) {
    // The state must be free again when the old daemon hears of it.
    service->server_.reset();
    service->daemon_.reset();
    service->predecessor_->Refuse(begun.error().message());
    return std::move(begun).error();
  }
  return service;
}

Status Service::TakeLock(const config::Settings& settings) {
  const config::Paths paths = PathsOf(settings);
  BUOY_TRY_CONTEXT(MakeDirs(paths.data_root, 0710), "error creating the daemon's folders");
  BUOY_ASSIGN(lock_, InstanceLock::Take(paths.Lock()));
  return Ok();
}

void Service::TakeTls(const std::vector<Listener>& listeners) {
  for (const auto& listener : listeners) {
    if (listener.tls != nullptr) tls_ = listener.tls;
  }
}

Status Service::OpenDaemon(const config::Settings& settings, Daemon::Beginning beginning) {
  beginning.tls = tls_;
  auto daemon = Daemon::Create(invocation_.command_line, settings, std::move(beginning));
  if (!daemon.ok()) return std::move(daemon).error().Context("failed to start daemon");
  daemon_ = *std::move(daemon);
  BUOY_TRY_CONTEXT(daemon_->StartSwarm(), "Error starting cluster component");
  return Ok();
}

Status Service::OpenServer(std::vector<Listener> listeners) {
  api::ApiServerOptions options;
  options.router.server_version = kVersion;
  options.router.log = [](const std::string& line) { log::Error(line); };
  options.engine.log = [](const std::string& line) { log::Debug(line); };
  options.engine.on_quiet = ReleaseIdleMemory;
  api::Backends backends = daemon_->backends();
  backends.upgrade = this;
  BUOY_ASSIGN(server_, api::ApiServer::Create(backends, std::move(options)));
  for (auto& listener : listeners) {
    if (!listener.socket_path.empty()) socket_paths_.push_back(listener.socket_path);
    listening_.emplace_back(listener.address, listener.fd.get());
    BUOY_TRY(server_->engine().AddListener(std::move(listener.fd), std::move(listener.tls)));
  }
  log::Info("Docker daemon", {{"commit", kGitCommit},
                              {"storage-driver", std::string(daemon_->storage_driver())},
                              {"version", kVersion}});
  log::Info("Daemon has completed initialization");
  return Ok();
}

Status Service::Begin(const config::Settings& settings) {
  {
    BUOY_ASSIGN(Pidfile pidfile, Pidfile::Write(settings.String("pidfile")));
    pidfile_.emplace(std::move(pidfile));
  }
  BUOY_ASSIGN(auto listeners, OpenListeners(settings, ActivationSockets()));
  BUOY_TRY_CONTEXT(TakeLock(settings), "failed to start daemon");
  TakeTls(listeners);
  BUOY_TRY(OpenDaemon(settings, {}));
  BUOY_TRY(OpenServer(std::move(listeners)));
  BUOY_TRY(server_->engine().Start());
  for (const auto& [address, fd] : listening_) log::Info("API listen on " + address);
  KeepSockets();
  NotifyServiceManager("READY=1");
  return Ok();
}

// The old daemon tells the service manager.
Status Service::BeginAfter(const config::Settings& settings) {
  BUOY_ASSIGN(auto listeners, OpenListeners(settings, predecessor_->TakeListeners()));
  BUOY_TRY(state::Db::CheckSchema(PathsOf(settings).Database()));
  BUOY_ASSIGN(Fd lock, predecessor_->AwaitState(kVersion, state::Db::KnownSchema()));
  lock_ = InstanceLock::Share(std::move(lock));
  TakeTls(listeners);
  BUOY_TRY(OpenDaemon(settings, {.handed_over = true, .loaded = nullptr, .tls = nullptr}));
  BUOY_TRY(OpenServer(std::move(listeners)));
  BUOY_TRY(predecessor_->AwaitCommit());
  auto pidfile = Pidfile::Write(settings.String("pidfile"), predecessor_->pid());
  if (pidfile.ok()) {
    pidfile_.emplace(*std::move(pidfile));
  } else {  // no reason to stop now
    log::Error("cannot write the pid file", {{"error", pidfile.error().message()}});
  }
  BUOY_TRY(server_->engine().Start());
  predecessor_->AdoptConnections(server_->engine());
  for (const auto& [address, fd] : listening_) log::Info("API listen on " + address);
  return Ok();
}

// systemd keeps them over a crash or a restart, so that they keep their inode and their backlog.
void Service::KeepSockets() {
  for (const auto& [address, fd] : listening_) {
    if (address.starts_with("fd://") || !StoreDescriptor(fd, "buoy")) continue;
    std::erase(socket_paths_, address);
  }
}

int Service::Run(Signals& signals) {
  for (;;) {
    const int number = signals.Wait();
    switch (number) {
      case SIGHUP:
        OnReload();
        break;
      case SIGUSR2:
        OnUpgrade(signals);
        if (successor_ == nullptr) break;
        Linger(signals);
        return 0;
      case SIGTERM:
      case SIGINT:
      case SIGQUIT:
        OnEnd(number, signals);
        return 0;
      default:
        break;
    }
  }
}

void Service::OnReload() {
  NotifyServiceManager(ReloadingState());
  auto verdicts = daemon_->Reload(false);
  if (!verdicts.ok()) log::Error(verdicts.error().message());
  NotifyServiceManager("READY=1");
}

void Service::OnEnd(int number, Signals& signals) {
  log::Info(std::string("Processing signal '") + SignalText(number) + "'");
  NotifyServiceManager("STOPPING=1");
  EndAtOnceWhenInsisted(signals);
  std::unique_ptr<Request> request;
  {
    std::lock_guard lock(request_mutex_);
    ending_ = true;
    request = std::move(request_);
  }
  if (request != nullptr) request->answer.set_value(Unavailable("the daemon is shutting down"));
  server_->engine().StopAccepting();
  for (const auto& path : socket_paths_) unlink(path.c_str());
  daemon_->Shutdown();
  server_->engine().Drain(kDrainLimit);
  daemon_->Flush();
  log::Info("Daemon shutdown complete");
}

}  // namespace buoy::server
