#include <utility>

#include "daemon/config/config_json.h"
#include "daemon/config/load.h"
#include "daemon/config/notices.h"
#include "daemon/config/reload_plan.h"
#include "daemon/logging/log.h"
#include "daemon/server/daemon.h"
#include "daemon/server/listeners.h"
#include "daemon/server/options.h"

namespace buoy::server {
namespace {

// A missing plugin is no reason to keep whoever reloads waiting.
constexpr auto kNoPatience = plugin::PluginClient::Patience::kNone;

bool Differ(const config::Settings& a, const config::Settings& b,
            std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (a.Get(key) != b.Get(key)) return true;
  }
  return false;
}

// Says in the plan that this key cannot become what it was to.
Error Refuse(config::ReloadPlan& plan, std::string_view key, Error error) {
  for (auto& change : plan.changes) {
    if (change.key->name != key) continue;
    change.verdict = config::Verdict::kRefused;
    change.why = error.message();
  }
  return std::move(error).WithKind(ErrorKind::kInvalidArgument);
}

void LogVerdicts(const config::ReloadPlan& plan) {
  for (const auto& change : plan.changes) {
    log::Info("configuration: " + std::string(change.key->name) + ": " + change.VerdictText(),
              {{"from", change.old_json}, {"to", change.new_json}});
  }
}

// The event shows what became of each changed key, too.
std::map<std::string, std::string> EventAttributes(const config::ReloadPlan& plan,
                                                   const system::Running& running) {
  auto attributes = config::ReloadEventAttributes(
      *running.settings,
      {.default_runtime = running.runtimes->default_name(),
       .cgroupns_mode = running.host.cgroups.mode == oci::CgroupMode::kV2 ? "private" : "host"});
  for (const auto& change : plan.changes) {
    attributes["verdict." + std::string(change.key->name)] = change.VerdictText();
  }
  return attributes;
}

}  // namespace

// Whatever can fail; nothing has changed after a failure.
Result<Daemon::Reloaded> Daemon::PrepareReload(const system::Running& before,
                                               config::Settings loaded, config::ReloadPlan& plan) {
  Reloaded next;
  system::Running& after = next.running;
  after.settings =
      std::make_shared<const config::Settings>(config::ApplyReload(*before.settings, loaded, plan));
  after.loaded = std::make_shared<const config::Settings>(std::move(loaded));
  after.runtimes = before.runtimes;
  const config::Settings& settings = *after.settings;
  if (Differ(*before.settings, settings, {"runtimes", "default-runtime"})) {
    auto runtimes = oci::Runtimes::Open(RuntimeOptions(settings));
    if (!runtimes.ok()) return Refuse(plan, "runtimes", std::move(runtimes).error());
    after.runtimes = std::make_shared<const oci::Runtimes>(*std::move(runtimes));
  }
  auto host = HostSettings(settings);
  if (!host.ok()) return Refuse(plan, "seccomp-profile", std::move(host).error());
  after.host = *std::move(host);
  if (Differ(*before.settings, settings, {"authorization-plugins"})) {
    auto links =
        authorization::PluginChain::Load(settings.GetList("authorization-plugins"), kNoPatience);
    if (!links.ok()) {
      return Refuse(plan, "authorization-plugins",
                    std::move(links).error().Context("Error validating authorization plugin"));
    }
    next.authorization = *std::move(links);
  }
  if (tls_ != nullptr) {  // the files may have changed though their names have not
    auto tls = api::TlsContext::Server(ServerTlsFiles(settings));
    if (!tls.ok()) return Refuse(plan, "tlscert", std::move(tls).error());
    next.tls = *std::move(tls);
  }
  if (Differ(*before.settings, settings, {"metrics-addr"})) {
    auto metrics = OpenMetrics(settings);
    if (!metrics.ok()) return Refuse(plan, "metrics-addr", std::move(metrics).error());
    next.metrics = *std::move(metrics);
    next.metrics_changed = true;
  }
  return next;
}

void Daemon::CommitReload(Reloaded next) {
  const config::Settings& settings = *next.running.settings;
  ApplyLogSettings(settings);
  containers_->SetOptions(ContainerOptions(settings, next.running.host, next.running.runtimes));
  network_->SetContainerDefaults(NetworkOptions(settings));
  if (next.authorization != nullptr) authorization_->Set(std::move(next.authorization));
  if (next.tls != nullptr) tls_->Become(*next.tls);
  if (next.metrics_changed) {
    metrics_server_ = std::move(next.metrics);
    metrics_->Enable(metrics_server_ != nullptr);
  }
  std::lock_guard lock(running_mutex_);
  running_ = std::move(next.running);
}

Result<std::string> Daemon::Reload(bool dry_run) {
  std::lock_guard reload(reload_mutex_);
  const std::string& file = command_line_.config_file;
  log::Info("Got signal to reload configuration, reloading from: " + file, {{"dry-run", dry_run}});
  const system::Running before = running();
  BUOY_ASSIGN(config::Settings loaded, config::Load(command_line_, config::Occasion::kReload));
  config::ReloadPlan plan = config::PlanReload(*before.settings, loaded, ReloadRefusals());
  auto next = plan.refused() ? Result<Reloaded>(InvalidArgument(plan.RefusedText()))
                             : PrepareReload(before, std::move(loaded), plan);
  if (!next.ok()) {
    LogVerdicts(plan);
    if (dry_run && plan.refused()) return config::ReloadPlanJson(plan, file, true);
    return std::move(next).error();
  }
  if (dry_run) return config::ReloadPlanJson(plan, file, true);
  const system::Running after = next->running;
  CommitReload(*std::move(next));
  LogVerdicts(plan);
  for (const auto& notice : config::Notices(*after.loaded, plan)) log::Warn(notice);
  log::Info("Reloaded configuration: " + config::GivenSettingsJson(*after.settings));
  PublishReload(EventAttributes(plan, after));
  return config::ReloadPlanJson(plan, file, false);
}

void Daemon::PublishReload(const std::map<std::string, std::string>& attributes) {
  types::Event event{.type = "daemon", .action = "reload"};
  event.actor.id = engine_id_;
  event.actor.attributes = json::Map<std::string>(attributes);
  event.actor.attributes["name"] = system::ReadHostInfo().name;
  events_->Publish(std::move(event));
}

}  // namespace buoy::server
