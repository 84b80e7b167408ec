#include <algorithm>
#include <set>

#include "daemon/oci/mount_grammar.h"
#include "daemon/oci/mounts.h"

namespace buoy::oci {
namespace {

class Planner {
 public:
  Planner(const types::HostConfig& host_config, const std::string& data_root)
      : host_config_(host_config), data_root_(data_root) {}

  Status VolumesFrom(const MountsOfContainer& mounts_of) {
    for (const auto& text : host_config_.volumes_from) {
      BUOY_ASSIGN(auto spec, ParseVolumesFrom(text));
      auto mounts = mounts_of(spec.container);
      if (!mounts.ok()) return std::move(mounts).error().WithKind(ErrorKind::kInvalidArgument);
      for (MountPlan mount : *mounts) {
        mount.rw = mount.rw && spec.rw;
        mount.copy_data = false;
        mount.mode.clear();
        // A volume belongs to the container that it was made for.
        mount.anonymous = false;
        plans_[mount.destination] = std::move(mount);
      }
    }
    return Ok();
  }

  Status Binds() {
    for (const auto& raw : host_config_.binds) {
      BUOY_ASSIGN(MountPlan plan, ParseBind(raw, host_config_.volume_driver));
      if (host_config_.tmpfs.contains(plan.destination)) return Duplicate(plan.destination);
      BUOY_TRY(Add(std::move(plan), ""));
    }
    return Ok();
  }

  Status Mounts() {
    for (const auto& mount : host_config_.mounts) {
      BUOY_ASSIGN(MountPlan plan, ParseMount(mount));
      BUOY_TRY(Add(std::move(plan), mount.target));
    }
    return Ok();
  }

  // VOLUMEs of the image and the config, where nothing else is mounted.
  Status ImageVolumes(const types::ContainerConfig& config) {
    for (const auto& volume : config.volumes) {
      std::string destination = CleanPath(volume);
      if (plans_.contains(destination) || host_config_.tmpfs.contains(destination)) continue;
      MountPlan plan;
      plan.type = "volume";
      plan.destination = destination;
      plan.driver = host_config_.volume_driver;
      plan.copy_data = true;
      plan.anonymous = true;
      plans_.emplace(destination, std::move(plan));
    }
    return Ok();
  }

  std::vector<MountPlan> Take() {
    std::vector<MountPlan> result;
    for (auto& [destination, plan] : plans_) result.push_back(std::move(plan));
    return result;
  }

 private:
  static Error Duplicate(const std::string& destination) {
    return InvalidArgument("Duplicate mount point: " + destination);
  }

  Status Add(MountPlan plan, const std::string& shown) {
    if (!taken_.insert(plan.destination).second) {
      return Duplicate(shown.empty() ? plan.destination : shown);
    }
    BUOY_TRY(GuardDataRoot(plan));
    if (plan.type == "volume" && plan.mode.empty()) plan.mode = "z";
    plans_[plan.destination] = std::move(plan);
    return Ok();
  }

  // A private copy of the daemon's own mounts would keep them busy for ever.
  Status GuardDataRoot(MountPlan& plan) const {
    if (plan.type != "bind" || data_root_.empty()) return Ok();
    if (!plan.source.starts_with(data_root_) && !data_root_.starts_with(plan.source)) return Ok();
    if (!plan.explicit_propagation) {
      plan.propagation = "rslave";
      return Ok();
    }
    if (plan.propagation == "rslave" || plan.propagation == "rshared") return Ok();
    return InvalidArgument(
        "invalid mount config: must use either propagation mode \"rslave\" or \"rshared\" when "
        "mount source is within the daemon root, daemon root: \"" +
        data_root_ + "\", bind mount source: \"" + plan.source + "\", propagation: \"" +
        plan.propagation + "\"");
  }

  const types::HostConfig& host_config_;
  std::string data_root_;
  std::map<std::string, MountPlan> plans_;  // by destination
  std::set<std::string> taken_;             // by binds and Mounts: they must not collide
};

}  // namespace

Result<std::vector<MountPlan>> PlanMounts(const types::ContainerConfig& config,
                                          const types::HostConfig& host_config,
                                          const std::string& data_root,
                                          const MountsOfContainer& mounts_of) {
  Planner planner(host_config, data_root);
  BUOY_TRY(planner.VolumesFrom(mounts_of));
  BUOY_TRY(planner.Binds());
  BUOY_TRY(planner.Mounts());
  BUOY_TRY(planner.ImageVolumes(config));
  return planner.Take();
}

}  // namespace buoy::oci
