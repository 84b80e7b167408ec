#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/server/api_server.h"
#include "daemon/config/command_line.h"
#include "daemon/config/settings.h"
#include "daemon/server/daemon.h"
#include "daemon/server/instance_lock.h"
#include "daemon/server/listeners.h"
#include "daemon/server/predecessor.h"
#include "daemon/server/signals.h"
#include "daemon/server/successor.h"

namespace buoy::server {

// How this process was started.
struct Invocation {
  std::string program;                 // absolute path
  std::vector<std::string> arguments;  // without the program's name
  config::CommandLine command_line;
};

// The process around a Daemon: lock, pid file, sockets, API server, signals. Replaces itself by
// another program in place (service_upgrade.cc); the daemon behind the server goes and comes with
// that, the sockets and their clients stay.
class Service : public api::UpgradeBackend {
 public:
  // `predecessor` may be null. Returns when the API is served.
  static Result<std::unique_ptr<Service>> Start(Invocation invocation, config::Settings settings,
                                                std::unique_ptr<Predecessor> predecessor);
  ~Service() override;

  // Until the process is to end; returns its exit status.
  int Run(Signals& signals);

  Result<api::UpgradeReport> Upgrade(const api::UpgradeOptions& options) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Request {
    api::UpgradeOptions options;
    std::promise<Result<api::UpgradeReport>> answer;
  };

  explicit Service(Invocation invocation) : invocation_(std::move(invocation)) {}

  Status TakeLock(const config::Settings& settings);
  void TakeTls(const std::vector<Listener>& listeners);
  Status OpenDaemon(const config::Settings& settings, Daemon::Beginning beginning);
  Status OpenServer(std::vector<Listener> listeners);
  Status Begin(const config::Settings& settings);
  Status BeginAfter(const config::Settings& settings);
  void KeepSockets();
  void OnReload();
  void OnEnd(int number, Signals& signals);

  // --- service_upgrade.cc ---
  void OnUpgrade(Signals& signals);
  Result<api::UpgradeReport> Replace(const api::UpgradeOptions& options, const Signals& signals);
  std::vector<Inherited> CopyListeners() const;
  Status Quiesce(Clock::time_point deadline, const Signals& signals);
  Status HandOver(Successor& successor, int schema, Clock::time_point deadline);
  void Reopen();
  void Linger(Signals& signals);

  const Invocation invocation_;
  std::unique_ptr<Predecessor> predecessor_;
  std::optional<Pidfile> pidfile_;
  std::optional<InstanceLock> lock_;
  std::unique_ptr<Daemon> daemon_;
  // Address and descriptor of what the server listens on; the descriptors are the server's.
  std::vector<std::pair<std::string, int>> listening_;
  std::shared_ptr<api::TlsContext> tls_;   // of the sockets that speak TLS
  std::vector<std::string> socket_paths_;  // removed at an orderly end
  system::Running before_;                 // what a daemon that was closed ran with
  std::unique_ptr<Successor> successor_;   // who has taken over; outlives the server

  std::mutex request_mutex_;
  std::unique_ptr<Request> request_;  // an upgrade that the API asks for
  bool ending_ = false;

  std::unique_ptr<api::ApiServer> server_;  // last: its threads use all of the above
};

}  // namespace buoy::server
