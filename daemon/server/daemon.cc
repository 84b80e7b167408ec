#include "daemon/server/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/archive/whiteout.h"
#include "common/unix/file.h"
#include "common/version/version.h"
#include "daemon/logging/log.h"
#include "daemon/server/options.h"
#include "daemon/storage/overlay_driver.h"
#include "daemon/storage/vfs_driver.h"

namespace buoy::server {
namespace {

Status MakeTree(const config::Paths& paths) {
  BUOY_TRY(MakeDirs(paths.data_root, 0710));
  BUOY_TRY(MakeDirs(paths.exec_root, 0711));
  for (const auto& folder : {paths.Containers(), paths.Volumes(), paths.ExecContainers(),
                             paths.Netns(), paths.RuntimeState()}) {
    BUOY_TRY(MakeDirs(folder, 0711));
  }
  BUOY_TRY(RemoveAll(paths.Tmp()));
  return MakeDirs(paths.Tmp(), 0700);
}

bool HoldsLayers(const std::string& folder) {
  auto opened = Open(folder, O_PATH | O_DIRECTORY);
  if (!opened.ok()) return false;
  auto names = ListFolder(opened->get());
  return names.ok() && std::any_of(names->begin(), names->end(),
                                   [](const auto& name) { return name.size() == 64; });
}

bool IsOverlay(const std::string& driver) { return driver == "overlay2" || driver == "overlay"; }

Status CheckStorageDriver(const std::string& driver) {
  if (IsOverlay(driver) || driver == "vfs" || driver.empty()) return Ok();
  return InvalidArgument("error initializing graphdriver: driver not supported: " + driver);
}

// No driver named = the one whose layers are there, else overlay2. The images of a data root are
// of one driver: those of another would be listed but could not run.
Result<std::unique_ptr<storage::StorageDriver>> OpenStorage(const std::string& driver,
                                                            const std::string& data_root) {
  // The layers of the driver that was not named decide.
  const bool others = HoldsLayers(data_root + (driver == "vfs" ? "/overlay" : "/vfs"));
  if (others && !driver.empty()) {
    return InvalidArgument("error initializing graphdriver: the images in " + data_root +
                           " are of the storage driver " +
                           (IsOverlay(driver) ? "vfs" : "overlay2") +
                           ": choose that one or another data root");
  }
  if (driver == "vfs" || others) return storage::VfsDriver::Open(data_root);
  return storage::OverlayDriver::Open(data_root);
}

}  // namespace

Daemon::Daemon(config::CommandLine command_line, config::Settings settings)
    : command_line_(std::move(command_line)) {
  paths_.data_root = settings.String("data-root");
  paths_.exec_root = settings.String("exec-root");
  running_.settings = std::make_shared<const config::Settings>(std::move(settings));
  running_.loaded = running_.settings;
}

Result<std::unique_ptr<Daemon>> Daemon::Create(config::CommandLine command_line,
                                               config::Settings settings, Beginning beginning) {
  auto daemon = std::unique_ptr<Daemon>(new Daemon(std::move(command_line), std::move(settings)));
  if (beginning.loaded != nullptr) daemon->running_.loaded = std::move(beginning.loaded);
  BUOY_TRY(daemon->OpenState(beginning.handed_over));
  BUOY_TRY(daemon->OpenAreas());
  daemon->tls_ = std::move(beginning.tls);
  daemon->CreateServices();
  BUOY_TRY(daemon->OpenObservation(beginning.handed_over));
  BUOY_TRY(daemon->Recover(beginning.handed_over));
  return daemon;
}

Daemon::~Daemon() = default;

Status Daemon::OpenState(bool handed_over) {
  BUOY_TRY_CONTEXT(MakeDirs(paths_.data_root, 0710), "error creating the daemon's folders");
  BUOY_ASSIGN_CONTEXT(db_, state::Db::Open(paths_.Database()), "error opening the state");
  BUOY_ASSIGN(hub_, shim::ShimHub::Create());
  // A driver that does not exist is an error even while another one is kept.
  BUOY_TRY(CheckStorageDriver(running_.settings->String("storage-driver")));
  BUOY_TRY(KeepOptions(handed_over));
  BUOY_TRY_CONTEXT(MakeTree(paths_), "error creating the daemon's folders");
  BUOY_ASSIGN(engine_id_, system::EngineId(paths_.EngineId()));
  BUOY_ASSIGN(events_, events::EventLog::Open(*db_));
  return Ok();
}

Status Daemon::OpenAreas() {
  const config::Settings& settings = *running_.settings;
  BUOY_ASSIGN(oci::Runtimes runtimes, oci::Runtimes::Open(RuntimeOptions(settings)));
  if (!runtimes.fallback_reason().empty()) {
    log::Info("crun does not work on this host, runc is the default runtime",
              {{"reason", runtimes.fallback_reason()}});
  }
  BUOY_ASSIGN(oci::HostSettings host, HostSettings(settings));
  {
    std::lock_guard lock(running_mutex_);
    running_.runtimes = std::make_shared<const oci::Runtimes>(std::move(runtimes));
    running_.host = std::move(host);
  }
  BUOY_ASSIGN(storage_, OpenStorage(settings.String("storage-driver"), paths_.data_root));
  BUOY_ASSIGN(volumes_, volume::VolumeStore::Open(paths_.data_root, *db_));
  volumes_->SetEventSink([this](const std::string& action, const std::string& volume,
                                const std::map<std::string, std::string>& attributes) {
    types::Event event{.type = "volume", .action = action};
    event.actor = {volume, json::Map<std::string>(attributes)};
    events_->Publish(std::move(event));
  });
  BUOY_ASSIGN(network_,
              network::NetworkManager::Open(NetworkOptions(settings), *db_, events_.get()));
  BUOY_ASSIGN(blobs_, image::BlobStore::Open(paths_.Blobs()));
  image_store_ = std::make_unique<image::ImageStore>(*db_, *blobs_);
  stored_images_ = std::make_unique<container::StoredImages>(*image_store_);
  containers_ = std::make_unique<container::ContainerService>(
      container::Dependencies{*db_, *hub_, *storage_, *network_, *stored_images_, *volumes_,
                              *events_},
      ContainerOptions(settings, running_.host, running_.runtimes));
  return Ok();
}

image::Context Daemon::ImageContext() {
  return {*blobs_, *image_store_, *storage_, *events_, image_contents_, containers_.get()};
}

void Daemon::CreateServices() {
  commit_link_ = std::make_unique<CommitLink>(*containers_);
  network_link_ = std::make_unique<NetworkLink>(*containers_);
  image_service_ = std::make_unique<image::ImageService>(
      ImageContext(), commit_link_.get(), [this] { return RegistrySettings(*running().settings); });
  volumes_->SetUsage(containers_.get());
  volume_service_ = std::make_unique<volume::VolumeService>(*volumes_);
  network_service_ =
      std::make_unique<network::NetworkService>(*network_, *network_link_, events_.get());
  swarm_ = std::make_unique<swarm::SwarmService>(SwarmContext());
  system_service_ = std::make_unique<system::SystemService>(system::Areas{
      .containers = *containers_,
      .images = *image_service_,
      .storage = *storage_,
      .events = *events_,
      .count_containers =
          [this] {
            auto count = containers_->Count();
            return system::ContainerCounts{count.total, count.running, count.paused, count.stopped};
          },
      .image_usage = [this]() -> Result<system::ImageUsage> {
        BUOY_ASSIGN(auto usage, image_service_->DiskUsage());
        return system::ImageUsage{std::move(usage.images), usage.layers_size};
      },
      .check = [this](bool repair) { return image_service_->Check(repair); },
      .volumes_with_usage = [this] { return volume_service_->ListWithUsage(); },
      .volume_drivers = [this] { return volumes_->DriverNames(); },
      .running = [this] { return running(); },
      .reload = [this](bool dry_run) { return Reload(dry_run); },
      .swarm_status = [this] { return swarm_->StateText(); },
      .engine_id = engine_id_,
      .config_file = command_line_.config_file});
}

// The network's start may have turned forwarding on, which the checks of a HostConfig look at.
void Daemon::RefreshSysInfo() {
  std::lock_guard lock(running_mutex_);
  running_.host.sys_info = oci::ReadSysInfo(running_.host.cgroups);
  containers_->SetOptions(ContainerOptions(*running_.settings, running_.host, running_.runtimes));
}

Status Daemon::Recover(bool handed_over) {
  log::Info("Loading containers: start.");
  BUOY_ASSIGN(auto alive, containers_->Load(handed_over));
  BUOY_TRY_CONTEXT(network_->Start(alive), "Error initializing network controller");
  RefreshSysInfo();
  BUOY_TRY(image::CollectAtStart(ImageContext()));
  containers_->Recover(handed_over);
  log::Info("Loading containers: done.");
  return Ok();
}

api::Backends Daemon::backends() {
  api::Backends backends;
  backends.container = containers_.get();
  backends.image = image_service_.get();
  backends.network = network_service_.get();
  backends.volume = volume_service_.get();
  backends.swarm = swarm_.get();
  backends.system = system_service_.get();
  backends.authorization = authorization_;
  backends.observe = [metrics = metrics_](const api::Observation& observation) {
    metrics->Observe(observation);
  };
  backends.experimental = [this] { return running().settings->Bool("experimental"); };
  return backends;
}

system::Running Daemon::running() const {
  std::lock_guard lock(running_mutex_);
  return running_;
}

void Daemon::Shutdown() {
  containers_->Shutdown();
  types::Event event{.type = "daemon", .action = "shutdown"};
  event.actor.id = engine_id_;
  events_->Publish(std::move(event));
  events_->CloseSubscriptions();
}

}  // namespace buoy::server
