#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/unix/file.h"
#include "daemon/oci/mount_grammar.h"
#include "daemon/oci/spec_parts.h"

namespace buoy::oci {
namespace {

std::vector<SpecMount> DefaultMounts() {
  return {
      {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777"}},
  };
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

MountPlan Bind(const std::string& source, const std::string& destination, bool rw) {
  MountPlan plan;
  plan.type = "bind";
  plan.source = source;
  plan.destination = destination;
  plan.propagation = "rprivate";
  plan.rw = rw;
  return plan;
}

// The files of the network area; a user's own mount there takes their place but not their manner.
void AddNetworkFiles(const SpecInput& input, std::vector<MountPlan>& mounts) {
  const std::pair<const std::string*, const char*> files[] = {
      {&input.resolv_conf_path, "/etc/resolv.conf"},
      {&input.hostname_path, "/etc/hostname"},
      {&input.hosts_path, "/etc/hosts"}};
  for (const auto& [path, destination] : files) {
    bool taken = std::any_of(mounts.begin(), mounts.end(),
                             [d = destination](const MountPlan& m) { return m.destination == d; });
    if (taken || path->empty() || !PathExists(*path)) continue;
    mounts.push_back(Bind(*path, destination, !input.host_config->readonly_rootfs));
  }
}

// Everything beyond the defaults, outer folders first.
std::vector<MountPlan> WantedMounts(const SpecInput& input) {
  std::vector<MountPlan> mounts;
  for (const auto& mount : input.mounts) {
    if (!input.host_config->tmpfs.contains(mount.destination)) mounts.push_back(mount);
  }
  for (const auto& [destination, options] : input.host_config->tmpfs) {
    MountPlan plan;
    plan.type = "tmpfs";
    plan.destination = CleanPath(destination);
    plan.tmpfs_options = options;
    mounts.push_back(std::move(plan));
  }
  AddNetworkFiles(input, mounts);
  bool own_shm = std::any_of(mounts.begin(), mounts.end(),
                             [](const MountPlan& m) { return m.destination == "/dev/shm"; });
  if (!own_shm && !input.shm_path.empty()) mounts.push_back(Bind(input.shm_path, "/dev/shm", true));
  std::stable_sort(mounts.begin(), mounts.end(), [](const MountPlan& a, const MountPlan& b) {
    auto depth = [](const MountPlan& m) {
      return std::count(m.destination.begin(), m.destination.end(), '/');
    };
    return depth(a) < depth(b);
  });
  return mounts;
}

std::vector<SpecMount> KeptDefaults(const SpecInput& input, const std::set<std::string>& taken) {
  std::vector<SpecMount> kept;
  for (auto& mount : DefaultMounts()) {
    if (taken.contains(mount.destination)) continue;
    if (taken.contains("/dev") && mount.destination.starts_with("/dev/")) continue;
    if (mount.destination == "/dev/shm") {
      if (input.host_config->ipc_mode == "none") continue;
      mount.options.push_back("size=" + std::to_string(input.host_config->shm_size));
    }
    kept.push_back(std::move(mount));
  }
  return kept;
}

Status CheckReadOnlyOptions(const MountPlan& mount) {
  if (mount.rw && mount.read_only_non_recursive) {
    return InvalidArgument("mount options conflict: !ReadOnly && BindOptions.ReadOnlyNonRecursive");
  }
  if (mount.rw && mount.read_only_force_recursive) {
    return InvalidArgument(
        "mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive");
  }
  if (mount.read_only_non_recursive && mount.read_only_force_recursive) {
    return InvalidArgument(
        "mount options conflict: ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive");
  }
  return Ok();
}

// crun (1.8.1's do_mount) mounts a bind anew with the flags that it is told and no others, so what
// the source's mount forbids would be allowed; runc keeps those.
void KeepFlags(const std::string& source, std::vector<std::string>& options) {
  struct statvfs facts;
  if (statvfs(source.c_str(), &facts) != 0) return;
  constexpr std::pair<unsigned long, const char*> kFlags[] = {
      {ST_NOSUID, "nosuid"},   {ST_NODEV, "nodev"},           {ST_NOEXEC, "noexec"},
      {ST_NOATIME, "noatime"}, {ST_NODIRATIME, "nodiratime"}, {ST_RDONLY, "ro"}};
  for (const auto& [flag, option] : kFlags) {
    const bool there = Contains(options, option) || Contains(options, std::string("r") + option);
    if ((facts.f_flag & flag) != 0 && !there) options.push_back(option);
  }
}

// crun takes "rro" for folders only; below a file there is nothing that could be mounted.
bool TakesRecursive(const SpecInput& input, const std::string& source) {
  if (!input.runtime_rro || !input.runtime_is_crun) return input.runtime_rro;
  struct stat facts;
  return stat(source.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

Result<SpecMount> ToSpecMount(const MountPlan& mount, const SpecInput& input) {
  if (mount.type == "tmpfs") {
    std::vector<std::string> options = {"noexec", "nosuid", "nodev", "rprivate"};
    if (!mount.tmpfs_options.empty()) {
      for (auto& word : SplitOn(mount.tmpfs_options, ',')) options.push_back(std::move(word));
    }
    BUOY_ASSIGN(auto merged, MergeTmpfsOptions(options));
    return SpecMount{mount.destination, "tmpfs", "tmpfs", std::move(merged)};
  }
  BUOY_TRY(CheckReadOnlyOptions(mount));
  SpecMount result{mount.destination, "bind", mount.source, {}};
  result.options.push_back(mount.non_recursive ? "bind" : "rbind");
  if (!mount.rw) {
    if (mount.read_only_force_recursive && !input.runtime_rro) {
      return InvalidArgument("OCI runtime does not support recursively read-only mounts");
    }
    bool recursive = !mount.read_only_non_recursive && TakesRecursive(input, mount.source);
    result.options.push_back(recursive ? "rro" : "ro");
  }
  if (input.runtime_is_crun) KeepFlags(mount.source, result.options);
  if (!mount.propagation.empty()) result.options.push_back(mount.propagation);
  return result;
}

void MakeReadOnly(std::vector<SpecMount>& mounts, const std::set<std::string>& taken) {
  static const std::set<std::string> kWritable = {"/proc", "/dev/pts", "/dev/shm", "/dev/mqueue",
                                                  "/dev"};
  for (auto& mount : mounts) {
    if (kWritable.contains(mount.destination) || taken.contains(mount.destination)) continue;
    if (!Contains(mount.options, "ro")) mount.options.push_back("ro");
  }
}

}  // namespace

Result<std::vector<std::string>> MergeTmpfsOptions(const std::vector<std::string>& options) {
  // Each word and what it collides with.
  static const std::map<std::string, std::string> kFlags = {
      {"ro", "ro"},
      {"rw", "ro"},
      {"suid", "suid"},
      {"nosuid", "suid"},
      {"dev", "dev"},
      {"nodev", "dev"},
      {"exec", "exec"},
      {"noexec", "exec"},
      {"sync", "sync"},
      {"async", "sync"},
      {"dirsync", "dirsync"},
      {"remount", "remount"},
      {"mand", "mand"},
      {"nomand", "mand"},
      {"atime", "atime"},
      {"noatime", "atime"},
      {"diratime", "diratime"},
      {"nodiratime", "diratime"},
      {"relatime", "relatime"},
      {"norelatime", "relatime"},
      {"strictatime", "strictatime"},
      {"nostrictatime", "strictatime"},
      {"bind", "-"},
      {"rbind", "-"},
      {"unbindable", "-"},
      {"runbindable", "-"},
      {"private", "-"},
      {"rprivate", "-"},
      {"shared", "-"},
      {"rshared", "-"},
      {"slave", "-"},
      {"rslave", "-"},
  };
  static const std::set<std::string> kValues = {"size",      "mode",      "uid", "gid",
                                                "nr_inodes", "nr_blocks", "mpol"};
  std::set<std::string> seen;
  std::vector<std::string> kept;
  for (auto it = options.rbegin(); it != options.rend(); ++it) {
    if (*it == "defaults") continue;
    auto flag = kFlags.find(*it);
    std::string key = it->substr(0, it->find('='));
    if (flag != kFlags.end()) {
      key = flag->second;
    } else if (it->find('=') == std::string::npos || !kValues.contains(key)) {
      return InvalidArgument("invalid tmpfs option \"" + key + "\"");
    } else {
      key = "=" + key;
    }
    if (seen.insert(key).second) kept.push_back(*it);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

Status FillMounts(const SpecInput& input, const SecurityOptions& security, Spec& spec) {
  auto wanted = WantedMounts(input);
  std::set<std::string> taken;
  for (const auto& mount : wanted) taken.insert(mount.destination);
  spec.mounts = KeptDefaults(input, taken);
  if (WantsInit(*input.host_config, *input.host)) {
    BUOY_ASSIGN(std::string path, FindInit(input.host->init_path));
    spec.mounts.push_back({kInitInContainer, "bind", path, {"bind", "ro"}});
  }
  for (const auto& mount : wanted) {
    if (mount.type != "tmpfs") {
      BUOY_TRY(ApplyPropagation(mount, input.host->data_root, spec.linux_part));
    }
    BUOY_ASSIGN(SpecMount result, ToSpecMount(mount, input));
    spec.mounts.push_back(std::move(result));
  }
  if (spec.root.readonly) MakeReadOnly(spec.mounts, taken);
  bool privileged = input.host_config->privileged;
  for (auto& mount : spec.mounts) {
    bool writable = (privileged && mount.destination == "/sys") ||
                    (mount.type == "cgroup" && security.writable_cgroups.value_or(privileged));
    if (writable) std::erase(mount.options, "ro");
  }
  return Ok();
}

}  // namespace buoy::oci
