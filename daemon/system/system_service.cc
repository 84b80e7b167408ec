#include "daemon/system/system_service.h"

#include "api/server/version.h"
#include "common/version/version.h"
#include "daemon/config/config_json.h"
#include "daemon/events/stream.h"
#include "daemon/system/debug.h"

namespace buoy::system {

Result<types::SystemVersion> SystemService::Version() {
  const Running running = areas_.running();
  types::SystemVersion version;
  version.platform_name = "Buoy";
  version.version = kVersion;
  version.api_version = api::kMaxApiVersion.Text();
  version.min_api_version = api::kMinApiVersion.Text();
  version.git_commit = kGitCommit;
  version.go_version = "none (C++20)";
  version.os = "linux";
  version.arch = host_.go_architecture;
  version.kernel_version = host_.kernel_version;
  version.experimental = running.settings->Bool("experimental");
  version.build_time = kBuildTime;

  types::ComponentVersion engine{.name = "Engine", .version = kVersion};
  engine.details =
      std::map<std::string, std::string>{{"ApiVersion", version.api_version},
                                         {"Arch", version.arch},
                                         {"BuildTime", version.build_time},
                                         {"Experimental", version.experimental ? "true" : "false"},
                                         {"GitCommit", version.git_commit},
                                         {"GoVersion", version.go_version},
                                         {"KernelVersion", version.kernel_version},
                                         {"MinAPIVersion", version.min_api_version},
                                         {"Os", version.os}};
  version.components.push_back(std::move(engine));
  auto runtime = running.runtimes->Find("");
  if (runtime.ok()) {
    types::ComponentVersion component{.name = runtime->name, .version = runtime->version};
    component.details = std::map<std::string, std::string>{{"GitCommit", runtime->commit}};
    version.components.push_back(std::move(component));
  }
  return version;
}

Result<types::DiskUsage> SystemService::DiskUsage(const api::DiskUsageOptions& options) {
  types::DiskUsage usage;
  if (options.images) {
    BUOY_ASSIGN(ImageUsage images, areas_.image_usage());
    usage.images = std::move(images.images);
    usage.layers_size = images.layers_size;
  }
  if (options.containers) {
    BUOY_ASSIGN(usage.containers, areas_.containers.List({.all = true, .size = true}));
  }
  if (options.volumes) {
    BUOY_ASSIGN(usage.volumes, areas_.volumes_with_usage());
  }
  return usage;
}

Status SystemService::Events(const api::EventsOptions& options, api::Handover& client) {
  return events::Stream(areas_.events, options, client);
}

std::string SystemService::DebugText(const std::string& name) { return system::DebugText(name); }

Result<std::string> SystemService::Config() {
  const Running running = areas_.running();
  return config::ConfigJson(*running.settings, *running.loaded, areas_.config_file);
}

}  // namespace buoy::system
