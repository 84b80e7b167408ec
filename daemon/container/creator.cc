#include "daemon/container/creator.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/archive/rooted.h"
#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "daemon/container/merge_config.h"
#include "daemon/container/names.h"
#include "daemon/container/validate.h"
#include "daemon/oci/mounts.h"
#include "daemon/oci/spec.h"
#include "daemon/volume/mount_setup.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

constexpr char kLinksDeprecated[] =
    "Links on the default bridge network are deprecated and will be removed in a future release. "
    "Use a custom network instead.";

// "container:name" becomes "container:id", so that a rename does not matter.
void PinContainerMode(Engine& engine, std::string& mode) {
  if (!IsContainerMode(mode)) return;
  auto target = engine.registry.Find(ContainerOfMode(mode));
  if (target.ok()) mode = "container:" + (*target)->id;
}

Result<std::vector<std::string>> CheckSettings(Engine& engine, const Options& options,
                                               types::ContainerConfig& config,
                                               types::HostConfig& host) {
  (void)engine;
  BUOY_TRY(ValidateCombination(config, host));
  if (host.restart_policy.name.empty()) host.restart_policy.name = "no";
  BUOY_TRY(ValidateConfig(config));
  BUOY_TRY(ValidateHostConfig(host));
  auto verdict = oci::VerifyHostConfig(host, &config, options.host);
  if (!verdict.ok()) return std::move(verdict).error().WithKind(ErrorKind::kInvalidArgument);
  if (host.runtime.empty()) host.runtime = options.runtimes->default_name();
  BUOY_TRY(options.runtimes->Find(host.runtime));
  BUOY_TRY(oci::ParseSecurityOptions({host.security_opt.begin(), host.security_opt.end()},
                                     options.host));
  return std::move(verdict->warnings);
}

Status ResolveLinks(Engine& engine, ContainerData& data) {
  if (IsUserDefinedNetwork(data.host_config.network_mode)) return Ok();
  for (const auto& text : data.host_config.links) {
    BUOY_ASSIGN(Link link, ParseLink(text));
    auto child = engine.registry.Find(link.name);
    if (!child.ok()) {
      return std::move(child)
          .error()
          .WithKind(ErrorKind::kInvalidArgument)
          .Context("could not get container for " + link.name);
    }
    if ((*child)->Snapshot().host_config.network_mode == "host") {
      return Internal(
          "conflicting options: host type networking can't be used with links. This would result "
          "in undefined behavior");
    }
    data.links[link.alias] = (*child)->id;
  }
  return Ok();
}

Status ReserveName(Engine& engine, const std::string& wanted, ContainerData& data) {
  if (!wanted.empty()) {
    BUOY_TRY(ValidateName(wanted));
    data.name = wanted.front() == '/' ? wanted.substr(1) : wanted;
    return engine.registry.ReserveName(data.name, data.id);
  }
  for (int attempt = 0; attempt < 6; ++attempt) {
    data.name = RandomName(attempt);
    if (engine.registry.ReserveName(data.name, data.id).ok()) return Ok();
  }
  data.name = data.ShortId();
  return engine.registry.ReserveName(data.name, data.id);
}

std::string OwnHostname() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

void FillNetworks(ContainerData& data, const types::NetworkingConfig& networking) {
  data.network.networks.is_null = false;
  const std::string& mode = data.host_config.network_mode;
  if (IsContainerMode(mode) || data.config.network_disabled) return;
  for (const auto& [name, endpoint] : networking.endpoints_config) {
    data.network.networks[name == "default" ? "bridge" : name] = endpoint;
  }
  data.network.networks[mode == "default" ? "bridge" : mode];
}

// What an image mount means is settled now, whatever becomes of the name.
Status ResolveImageMounts(Engine& engine, ContainerData& data) {
  for (size_t i = 0; i < data.mounts.size(); ++i) {
    auto& mount = data.mounts[i];
    if (mount.type != "image" || !mount.chain_id.empty()) continue;
    BUOY_ASSIGN(ResolvedImage image, engine.areas.images.Resolve(mount.source, ""));
    mount.name = mount.source;
    mount.chain_id = image.chain_id;
  }
  for (size_t i = 0; i < data.mounts.size(); ++i) {
    if (data.mounts[i].type == "image") {
      data.mounts[i].source = engine.Mounts(data).pins + "/" + std::to_string(i);
    }
  }
  return Ok();
}

// The layers of mounted images stay as long as the container does.
Status HoldImages(Engine& engine, const ContainerData& data) {
  std::vector<std::string> chain_ids;
  for (const auto& mount : data.mounts) {
    if (mount.type == "image") chain_ids.push_back(mount.chain_id);
  }
  return chain_ids.empty() ? Ok() : engine.areas.storage.HoldLayers(data.id, chain_ids);
}

oci::MountsOfContainer MountsOf(Engine& engine) {
  return [&engine](const std::string& ref) -> Result<std::vector<oci::MountPlan>> {
    BUOY_ASSIGN(ContainerPtr other, engine.registry.Find(ref));
    return other->Snapshot().mounts;
  };
}

// Folder in the image's file system, so that it exists whatever is mounted later.
Status MakeWorkingDir(const ContainerData& data, int root_fd) {
  if (data.config.working_dir.empty() || data.config.working_dir == "/") return Ok();
  auto made = MakeDirsInRoot(root_fd, data.config.working_dir);
  if (made.ok()) return Ok();
  auto existing = OpenInRoot(root_fd, data.config.working_dir, O_PATH | O_DIRECTORY);
  if (existing.ok()) return Ok();
  return Internal("Cannot mkdir: " + data.config.working_dir + " is not a directory");
}

Status MakeFiles(Engine& engine, ContainerData& data, const std::string& chain_id, Cleanup& undo) {
  BUOY_TRY(MakeDirs(engine.Root(data.id), 0710));
  undo.Add([&engine, id = data.id] { (void)RemoveAll(engine.Root(id)); });
  failpoint::Hit("create.folder");
  BUOY_TRY(engine.areas.storage.PrepareContainerRootfs(data.id, chain_id));
  failpoint::Hit("create.rootfs");
  undo.Add([&engine, id = data.id] { (void)engine.areas.storage.Remove(id); });
  BUOY_TRY(HoldImages(engine, data));
  bool has_volumes = false;
  for (const auto& mount : data.mounts) has_volumes = has_volumes || mount.type == "volume";
  if (!has_volumes && data.config.working_dir.empty()) return Ok();

  BUOY_TRY(engine.areas.storage.Mount(data.id));
  Cleanup unmount([&engine, id = data.id] { (void)engine.areas.storage.Unmount(id); });
  failpoint::Hit("create.mounted");
  BUOY_ASSIGN(auto view, engine.areas.storage.OpenRootfs(data.id));
  BUOY_ASSIGN(Fd root,
              Open("/proc/self/fd/" + std::to_string(view->root_fd()), O_PATH | O_DIRECTORY));
  BUOY_TRY(MakeWorkingDir(data, root.get()));
  if (!has_volumes) return Ok();
  BUOY_TRY(volume::CreateVolumes(engine.areas.volumes, data.id, data.mounts));
  failpoint::Hit("create.volumes");
  undo.Add([&engine, id = data.id, mounts = data.mounts] {
    engine.areas.volumes.Release(id);
    for (const auto& mount : mounts) {
      if (mount.type == "volume" && mount.anonymous) (void)engine.areas.volumes.Remove(mount.name);
    }
  });
  return volume::PopulateVolumes(engine.areas.volumes, data.id, root.get(), data.mounts);
}

// The image's part and the daemon's defaults.
Status CompleteConfig(Engine& engine, const Options& settings, const ResolvedImage& image,
                      ContainerData& data, std::vector<std::string>& warnings) {
  types::HostConfig& host = data.host_config;
  oci::AdaptHostConfig(host, settings.host);
  for (std::string* mode : {&host.network_mode, &host.ipc_mode, &host.pid_mode}) {
    PinContainerMode(engine, *mode);
  }
  if (!host.links.empty() && (host.network_mode == "default" || host.network_mode == "bridge")) {
    warnings.push_back(kLinksDeprecated);
  }
  MergeImageConfig(data.config, image.config);
  if (data.config.entrypoint.size() == 1 && data.config.entrypoint[0].empty()) {
    data.config.entrypoint = {};
  }
  if (data.config.entrypoint.empty() && data.config.cmd.empty()) {
    return InvalidArgument("no command specified");
  }
  return ResolveLogConfig(host.log_config, settings.log_defaults);
}

}  // namespace

Result<types::ContainerCreateResponse> CreateContainer(Engine& engine,
                                                       const types::ContainerCreateRequest& request,
                                                       const api::CreateOptions& options) {
  auto settings = engine.options();
  ContainerData data;
  data.config = request.config;
  data.host_config = request.host_config;
  types::HostConfig& host = data.host_config;
  if (host.network_mode.empty()) host.network_mode = "default";
  data.config.volumes.is_null = false;
  host.port_bindings.is_null = false;
  BUOY_ASSIGN(auto warnings, CheckSettings(engine, *settings, data.config, host));

  ResolvedImage image;
  if (!data.config.image.empty()) {
    BUOY_ASSIGN(image, engine.areas.images.Resolve(data.config.image, options.platform));
  }
  BUOY_TRY(CompleteConfig(engine, *settings, image, data, warnings));

  data.id = RandomId();
  data.created_ns = NowNs();
  data.image_id = image.id;
  data.driver = engine.areas.storage.name();
  if (!image.os.empty()) data.platform = image.os;
  BUOY_TRY(ReserveName(engine, options.name, data));
  Cleanup undo(
      [&engine, name = data.name, id = data.id] { engine.registry.ReleaseName(name, id); });
  if (data.config.hostname.empty()) {
    data.config.hostname = host.network_mode == "host" ? OwnHostname() : data.ShortId();
  }
  BUOY_TRY(ResolveLinks(engine, data));
  FillNetworks(data, request.networking_config);
  BUOY_TRY(engine.areas.network.Validate(engine.NetworkRequest(data)));
  BUOY_ASSIGN(data.mounts,
              oci::PlanMounts(data.config, host, settings->data_root, MountsOf(engine)));
  BUOY_TRY(ResolveImageMounts(engine, data));
  BUOY_TRY(MakeFiles(engine, data, image.chain_id, undo));
  failpoint::Hit("create.files");
  BUOY_TRY(engine.store.Insert(data));
  failpoint::Hit("create.row");
  undo.Release();
  engine.registry.Add(std::make_shared<Container>(data));
  engine.areas.volumes.Release(data.id);
  engine.Publish(data, "create");
  return types::ContainerCreateResponse{data.id, std::move(warnings)};
}

}  // namespace buoy::container
