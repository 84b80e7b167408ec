// What the daemon shows of itself: metrics, and who is asked about requests.
#include "common/version/version.h"
#include "daemon/server/daemon.h"

namespace buoy::server {

Result<std::unique_ptr<metrics::MetricsServer>> Daemon::OpenMetrics(
    const config::Settings& settings) {
  const std::string& address = settings.String("metrics-addr");
  if (address.empty()) return std::unique_ptr<metrics::MetricsServer>();
  return metrics::MetricsServer::Listen(address, [this] { return metrics_->Text(MetricFacts()); });
}

Status Daemon::OpenObservation(bool handed_over) {
  const config::Settings& settings = *running_.settings;
  // The daemon before has just spoken to them.
  using Patience = plugin::PluginClient::Patience;
  const Patience patience = handed_over ? Patience::kNone : Patience::kRetry;
  BUOY_ASSIGN_CONTEXT(
      auto links,
      authorization::PluginChain::Load(settings.GetList("authorization-plugins"), patience),
      "failed to validate authorization plugin");
  authorization_->Set(std::move(links));
  BUOY_ASSIGN_CONTEXT(metrics_server_, OpenMetrics(settings), "failed to start metrics server");
  metrics_->Enable(metrics_server_ != nullptr);
  return Ok();
}

metrics::Facts Daemon::MetricFacts() const {
  const system::HostInfo host = system::ReadHostInfo();
  metrics::Facts facts;
  facts.engine = {{"architecture", host.architecture},
                  {"commit", kGitCommit},
                  {"daemon_id", engine_id_},
                  {"graphdriver", std::string(storage_->name())},
                  {"kernel", host.kernel_version},
                  {"os", host.operating_system},
                  {"os_type", "linux"},
                  {"os_version", host.os_version},
                  {"version", kVersion}};
  facts.cpus = host.cpus;
  facts.memory = host.memory;
  const auto count = containers_->Count();
  facts.running = count.running;
  facts.paused = count.paused;
  facts.stopped = count.stopped;
  facts.events = events_->published();
  facts.event_subscribers = events_->subscribers();
  facts.exec_root = paths_.exec_root;
  return facts;
}

}  // namespace buoy::server
