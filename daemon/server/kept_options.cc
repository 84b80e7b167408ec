// Options that do not change under running containers. The database holds those of the last start
// that found none running.
#include "daemon/config/kept_options.h"

#include "daemon/container/probe.h"
#include "daemon/logging/log.h"
#include "daemon/server/daemon.h"

namespace buoy::server {
namespace {

constexpr char kMetaKey[] = "options-under-containers";

Result<std::string> LoadKept(state::Db& db) {
  auto stmt = db.Prepare("SELECT value FROM meta WHERE key = ?");
  stmt.Bind(kMetaKey);
  BUOY_ASSIGN(const bool found, stmt.Step());
  return found ? stmt.Text(0) : std::string();
}

Status StoreKept(state::Db& db, const std::string& json) {
  auto stmt = db.Prepare(
      "INSERT INTO meta (key, value) VALUES (?, ?) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  return stmt.Bind(kMetaKey).Bind(json).Run();
}

// The first line is Docker's, letter by letter.
void Announce(const std::vector<config::KeptOption>& kept) {
  bool network = false;
  for (const auto& option : kept) network = network || option.key->low_level_network;
  if (network) {
    log::Warn("There are old running containers, the network config will not take affect");
  }
  for (const auto& option : kept) {
    log::Warn("configuration: " + std::string(option.key->name) +
                  " does not take effect while old containers run",
              {{"stays", option.was}, {"wanted", option.wanted}});
  }
}

}  // namespace

Status Daemon::KeepOptions(bool handed_over) {
  config::Settings settings = *running_.settings;
  BUOY_ASSIGN(const std::string json, LoadKept(*db_));
  if (!json.empty()) {
    config::Settings before = settings;
    BUOY_TRY(config::KeepOptions(json, {true, true}, before));
    config::Running running;
    BUOY_ASSIGN(running.containers,
                container::AnyContainerRuns(*db_, *hub_, before.String("exec-root")));
    // Without live restore they are stopped before the networks are set up.
    running.on_networks = running.containers && (handed_over || settings.Bool("live-restore"));
    BUOY_ASSIGN(const auto kept, config::KeepOptions(json, running, settings));
    Announce(kept);
    paths_.exec_root = settings.String("exec-root");
    running_.settings = std::make_shared<const config::Settings>(settings);
  }
  return StoreKept(*db_, config::KeptOptionsJson(settings));
}

}  // namespace buoy::server
