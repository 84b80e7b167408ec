#include "daemon/oci/mounts.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/unix/file.h"
#include "daemon/oci/mount_grammar.h"

namespace buoy::oci {
namespace {

constexpr char kDefaultPropagation[] = "rprivate";

Error InvalidSpec(const std::string& raw) {
  return InvalidArgument("invalid volume specification: '" + raw + "'");
}
Error InvalidMode(const std::string& mode) { return InvalidArgument("invalid mode: " + mode); }

// A path within its root, by its text alone (Go's filepath.IsLocal).
bool IsLocal(const std::string& path) {
  if (path.empty() || path.starts_with("/")) return false;
  int depth = 0;
  for (const auto& part : SplitOn(path, '/')) {
    if (part == "..") --depth;
    if (!part.empty() && part != "." && part != "..") ++depth;
    if (depth < 0) return false;
  }
  return true;
}

Status CheckTarget(const std::string& target) {
  if (CleanPath(target) == "/") {
    return InvalidArgument("invalid specification: destination can't be '/'");
  }
  if (!target.starts_with("/")) {
    return InvalidArgument("invalid mount path: '" + target + "' mount path must be absolute");
  }
  return Ok();
}

Status CheckExclusive(const types::Mount& mount) {
  auto extra = [](const char* name) {
    return InvalidArgument(std::string("field ") + name + " must not be specified");
  };
  if (mount.type != "bind" && mount.bind_options) return extra("BindOptions");
  if (mount.type != "volume" && mount.volume_options) return extra("VolumeOptions");
  if (mount.type != "image" && mount.image_options) return extra("ImageOptions");
  if (mount.type != "tmpfs" && mount.tmpfs_options) return extra("TmpfsOptions");
  return Ok();
}

Status CheckBind(const types::Mount& mount, bool source_must_exist) {
  if (mount.source.empty()) return InvalidArgument("field Source must not be empty");
  if (mount.bind_options && !mount.bind_options->propagation.empty() &&
      !IsPropagation(mount.bind_options->propagation)) {
    return InvalidArgument("invalid propagation mode: " + mount.bind_options->propagation);
  }
  if (!mount.source.starts_with("/")) {
    return InvalidArgument("invalid mount path: '" + mount.source +
                           "' mount path must be absolute");
  }
  bool create = mount.bind_options && mount.bind_options->create_mountpoint;
  if (source_must_exist && !create && !PathExists(mount.source)) {
    return InvalidArgument("bind source path does not exist: " + mount.source);
  }
  return Ok();
}

Status CheckSubpath(const std::string& subpath, bool anonymous) {
  if (subpath.empty()) return Ok();
  if (anonymous) {
    return InvalidArgument("must not set Subpath when using anonymous volumes");
  }
  if (!IsLocal(subpath)) {
    return InvalidArgument("subpath must be a relative path within the volume");
  }
  return Ok();
}

Status CheckByType(const types::Mount& mount, bool source_must_exist) {
  if (mount.type == "bind") return CheckBind(mount, source_must_exist);
  if (mount.type == "volume") {
    return CheckSubpath(mount.volume_options ? mount.volume_options->subpath : "",
                        mount.source.empty());
  }
  if (mount.type == "tmpfs") {
    if (!mount.source.empty()) return InvalidArgument("field Source must not be specified");
    BUOY_TRY(
        TmpfsOptionsText(mount.tmpfs_options.value_or(types::TmpfsOptions{}), mount.read_only));
    return Ok();
  }
  if (mount.type == "image") {
    if (mount.source.empty()) return InvalidArgument("field Source must not be empty");
    return CheckSubpath(mount.image_options ? mount.image_options->subpath : "", false);
  }
  return InvalidArgument("mount type unknown");
}

Status Check(const types::Mount& mount, bool source_must_exist) {
  auto verdict = [&]() -> Status {
    BUOY_TRY(CheckExclusive(mount));
    if (mount.target.empty()) return InvalidArgument("field Target must not be empty");
    BUOY_TRY(CheckTarget(mount.target));
    return CheckByType(mount, source_must_exist);
  }();
  if (verdict.ok()) return verdict;
  return verdict.error().Context("invalid mount config for type \"" + mount.type + "\"");
}

void TakeVolumeOptions(const types::Mount& mount, MountPlan& plan) {
  plan.name = mount.source;
  plan.copy_data = true;
  plan.anonymous = mount.source.empty();
  if (!mount.volume_options) return;
  const auto& options = *mount.volume_options;
  plan.copy_data = !options.no_copy;
  plan.subpath = options.subpath;
  plan.labels = options.labels;
  if (options.driver_config) {
    plan.driver = options.driver_config->name;
    plan.driver_opts = options.driver_config->options;
  }
}

void TakeBindOptions(const types::Mount& mount, MountPlan& plan) {
  plan.source = CleanPath(mount.source);
  plan.propagation = kDefaultPropagation;
  if (!mount.bind_options) return;
  const auto& options = *mount.bind_options;
  if (!options.propagation.empty()) {
    plan.propagation = options.propagation;
    plan.explicit_propagation = true;
  }
  plan.create_source = options.create_mountpoint;
  plan.non_recursive = options.non_recursive;
  plan.read_only_non_recursive = options.read_only_non_recursive;
  plan.read_only_force_recursive = options.read_only_force_recursive;
}

Result<MountPlan> Plan(const types::Mount& mount, bool source_must_exist) {
  BUOY_TRY(Check(mount, source_must_exist));
  MountPlan plan;
  plan.type = mount.type;
  plan.destination = CleanPath(mount.target);
  plan.rw = !mount.read_only;
  if (mount.type == "volume") {
    TakeVolumeOptions(mount, plan);
  } else if (mount.type == "bind") {
    TakeBindOptions(mount, plan);
  } else if (mount.type == "image") {
    plan.source = mount.source;
    plan.propagation = kDefaultPropagation;
    plan.rw = false;
    if (mount.image_options) plan.subpath = mount.image_options->subpath;
  } else {
    BUOY_ASSIGN(
        plan.tmpfs_options,
        TmpfsOptionsText(mount.tmpfs_options.value_or(types::TmpfsOptions{}), mount.read_only));
  }
  return plan;
}

}  // namespace

Result<std::string> TmpfsOptionsText(const types::TmpfsOptions& options, bool read_only) {
  std::vector<std::string> words;
  if (read_only) words.push_back("ro");
  if (options.mode != 0) {
    char text[32];
    snprintf(text, sizeof text, "mode=%o", options.mode);
    words.push_back(text);
  }
  if (options.size_bytes != 0) {
    int64_t size = options.size_bytes;
    const char* suffix = "";
    for (auto [unit, name] :
         {std::pair{int64_t{1} << 30, "g"}, {int64_t{1} << 20, "m"}, {int64_t{1} << 10, "k"}}) {
      if (size % unit != 0) continue;
      size /= unit;
      suffix = name;
      break;
    }
    words.push_back("size=" + std::to_string(size) + suffix);
  }
  for (const auto& option : options.options) {
    if (option.empty() || option.size() > 2) {
      return InvalidArgument("invalid option array length");
    }
    if (option[0] != "exec" && option[0] != "noexec") {
      return InvalidArgument("invalid option: " + option[0]);
    }
    words.push_back(option.size() == 1 ? option[0] : option[0] + "=" + option[1]);
  }
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Result<MountPlan> ParseBind(const std::string& raw, const std::string& volume_driver) {
  auto parts = SplitOn(raw, ':');
  if (parts[0].empty() || parts.size() > 3) return InvalidSpec(raw);
  if (parts.size() == 2 && ValidMountMode(parts[1])) return InvalidSpec(raw);
  types::Mount mount;
  std::string mode = parts.size() == 3 ? parts[2] : "";
  mount.target = parts.size() == 1 ? parts[0] : parts[1];
  if (parts.size() > 1) mount.source = parts[0];
  if (!ValidMountMode(mode)) return InvalidMode(mode);
  mount.type = mount.source.starts_with("/") ? "bind" : "volume";
  mount.read_only = !ModeIsReadWrite(mode);
  auto words = SplitOn(mode, ',');
  bool no_copy = std::find(words.begin(), words.end(), "nocopy") != words.end();
  if (mount.type == "volume" && !volume_driver.empty()) {
    mount.volume_options.emplace().driver_config.emplace().name = volume_driver;
  }
  if (no_copy) {
    if (!mount.volume_options) mount.volume_options.emplace();
    mount.volume_options->no_copy = true;
  }
  if (std::string propagation = PropagationOf(mode); !propagation.empty()) {
    mount.bind_options.emplace().propagation = propagation;
  }
  auto plan = Plan(mount, false);
  if (!plan.ok()) return plan.error().Context(InvalidSpec(raw).message());
  plan->mode = mode;
  plan->create_source = plan->type == "bind";
  return plan;
}

Result<MountPlan> ParseMount(const types::Mount& mount) {
  BUOY_ASSIGN(MountPlan plan, Plan(mount, true));
  plan.from_api_mounts = true;
  return plan;
}

Status ValidateMount(const types::Mount& mount) { return Check(mount, true); }

Status ValidateTmpfsDestination(const std::string& destination) { return CheckTarget(destination); }

Result<VolumesFromSpec> ParseVolumesFrom(const std::string& spec) {
  if (spec.empty()) {
    return InvalidArgument("volumes-from specification cannot be an empty string");
  }
  size_t colon = spec.find(':');
  std::string mode = colon == std::string::npos ? "" : spec.substr(colon + 1);
  auto words = SplitOn(mode, ',');
  if (!ValidMountMode(mode) || !PropagationOf(mode).empty() ||
      std::find(words.begin(), words.end(), "nocopy") != words.end()) {
    return InvalidMode(mode);
  }
  return VolumesFromSpec{spec.substr(0, colon), ModeIsReadWrite(mode)};
}

types::MountPoint ToMountPoint(const MountPlan& plan) {
  types::MountPoint point;
  point.type = plan.type;
  point.name = plan.name;
  point.source = plan.type == "tmpfs" ? "" : plan.source;
  point.destination = plan.destination;
  if (plan.type == "volume") point.driver = plan.driver.empty() ? "local" : plan.driver;
  point.mode = plan.mode;
  point.rw = plan.rw;
  point.propagation = plan.propagation;
  return point;
}

}  // namespace buoy::oci
