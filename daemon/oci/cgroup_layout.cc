#include "daemon/oci/cgroup_layout.h"

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <vector>

#include "common/unix/file.h"

namespace buoy::oci {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  std::string part;
  while (std::getline(stream, part, separator)) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

struct MountLine {
  std::string mount_point, type, super_options;
};
// 36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw,errors=continue
bool ParseMountLine(const std::string& line, MountLine& out) {
  size_t dash = line.find(" - ");
  if (dash == std::string::npos) return false;
  auto before = Split(line.substr(0, dash), ' ');
  auto after = Split(line.substr(dash + 3), ' ');
  if (before.size() < 6 || after.size() < 3) return false;
  out = {before[4], after[0], after[2]};
  return true;
}

// The controllers of one v1 hierarchy are among its super block's options.
void AddV1(const MountLine& line, CgroupLayout& layout) {
  static const std::set<std::string> kOther = {
      "rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode"};
  for (const auto& option : Split(line.super_options, ',')) {
    if (kOther.contains(option) || option.starts_with("release_agent=")) continue;
    layout.v1.emplace(option, line.mount_point);
  }
}

// v2's names under the ones v1 and the API use.
void AddV2Controllers(std::string_view text, std::set<std::string>& controllers) {
  std::istringstream stream{std::string(text)};
  std::string name;
  while (stream >> name) {
    controllers.insert(name == "io" ? "blkio" : name);
    if (name == "cpu") controllers.insert("cpuacct");
  }
  // Devices and freezer need no controller there: BPF and cgroup.freeze.
  controllers.insert("devices");
  controllers.insert("freezer");
}

std::string Join(const std::string& mount, const std::string& path) {
  if (mount.empty()) return {};
  return path.starts_with("/") ? mount + path : mount + "/" + path;
}

// system.slice -> system.slice; a-b.slice -> a.slice/a-b.slice, as systemd nests them.
std::string ExpandSlice(const std::string& slice) {
  if (!slice.ends_with(".slice") || slice == "-.slice") return {};
  std::string stem = slice.substr(0, slice.size() - 6), path;
  for (size_t dash = stem.find('-'); dash != std::string::npos; dash = stem.find('-', dash + 1)) {
    path += stem.substr(0, dash) + ".slice/";
  }
  return path + slice;
}

// cgroupsPath as the folder below each hierarchy's mount point.
std::string RelativePath(const std::string& cgroups_path) {
  auto parts = Split(cgroups_path, ':');
  if (cgroups_path.starts_with("/") || parts.size() != 3) return cgroups_path;
  std::string slice = ExpandSlice(parts[0]);
  return "/" + (slice.empty() ? "" : slice + "/") + parts[1] + "-" + parts[2] + ".scope";
}

void CollectPids(const std::string& folder, int depth, std::set<int>& pids) {
  if (auto text = ReadFile(folder + "/cgroup.procs"); text.ok()) {
    std::istringstream stream(*text);
    int pid = 0;
    while (stream >> pid) pids.insert(pid);
  }
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), closedir);
  if (!dir || depth > 32) return;
  while (dirent* entry = readdir(dir.get())) {
    std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") {
      CollectPids(folder + "/" + name, depth + 1, pids);
    }
  }
}

}  // namespace

CgroupLayout DetectCgroups(std::string_view mountinfo, std::string_view v2_controllers) {
  CgroupLayout layout;
  std::istringstream stream{std::string(mountinfo)};
  std::string text;
  MountLine line;
  while (std::getline(stream, text)) {
    if (!ParseMountLine(text, line)) continue;
    if (line.type == "cgroup2" && layout.unified.empty()) layout.unified = line.mount_point;
    if (line.type == "cgroup") AddV1(line, layout);
  }
  bool real_v1 = false;  // more than systemd's named hierarchy
  for (const auto& [controller, mount] : layout.v1) {
    if (controller.starts_with("name=")) continue;
    real_v1 = true;
    layout.controllers.insert(controller);
  }
  if (real_v1) {
    layout.mode = layout.unified.empty() ? CgroupMode::kV1 : CgroupMode::kHybrid;
  } else if (!layout.unified.empty()) {
    layout.mode = CgroupMode::kV2;
    AddV2Controllers(v2_controllers, layout.controllers);
  }
  return layout;
}

CgroupLayout DetectHostCgroups() {
  std::string mountinfo = ReadFile("/proc/self/mountinfo").value_or("");
  CgroupLayout first = DetectCgroups(mountinfo, "");
  if (first.unified.empty()) return first;
  return DetectCgroups(mountinfo, ReadFile(first.unified + "/cgroup.controllers").value_or(""));
}

CgroupPaths ContainerCgroup(const CgroupLayout& layout, const std::string& cgroups_path) {
  CgroupPaths paths;
  std::string relative = RelativePath(cgroups_path);
  if (layout.mode == CgroupMode::kV2) {
    std::string folder = Join(layout.unified, relative);
    paths = {folder, folder, folder, folder, folder, folder, folder, folder, folder, {folder}};
    return paths;
  }
  auto in = [&](const char* controller) {
    auto found = layout.v1.find(controller);
    return found == layout.v1.end() ? std::string() : Join(found->second, relative);
  };
  paths.memory = in("memory");
  paths.cpu = in("cpu");
  paths.cpuacct = in("cpuacct");
  paths.cpuset = in("cpuset");
  paths.blkio = in("blkio");
  paths.pids = in("pids");
  paths.freezer = in("freezer");
  paths.devices = in("devices");
  for (const auto& [controller, mount] : layout.v1) paths.folders.push_back(Join(mount, relative));
  if (!layout.unified.empty()) paths.folders.push_back(Join(layout.unified, relative));
  return paths;
}

std::string CgroupsPathFor(const std::string& parent, bool systemd_driver, const std::string& id) {
  if (systemd_driver) return (parent.empty() ? "system.slice" : parent) + ":docker:" + id;
  std::string folder = parent.empty() ? "/docker" : parent;
  while (folder.size() > 1 && folder.ends_with("/")) folder.pop_back();
  return folder == "/" ? "/" + id : folder + "/" + id;
}

Result<std::set<int>> CgroupPids(const CgroupPaths& paths) {
  std::set<int> pids;
  for (const std::string* folder : {&paths.pids, &paths.devices, &paths.memory, &paths.freezer}) {
    if (folder->empty() || !PathExists(*folder)) continue;
    CollectPids(*folder, 0, pids);
    return pids;
  }
  return Internal("the container's cgroup is gone");
}

void RemoveCgroups(const CgroupPaths& paths) {
  for (const std::string& folder : paths.folders) {
    if (rmdir(folder.c_str()) == 0 || errno != EBUSY) continue;
    // What the container made in it goes first, innermost folders first.
    std::error_code ignored;
    std::vector<std::string> inner;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
      if (entry.is_directory(ignored)) inner.push_back(entry.path());
    }
    for (auto it = inner.rbegin(); it != inner.rend(); ++it) rmdir(it->c_str());
    rmdir(folder.c_str());
  }
}

bool CgroupOomKilled(const CgroupPaths& paths) {
  if (paths.memory.empty()) return false;
  for (const char* file : {"/memory.oom_control", "/memory.events"}) {
    auto text = ReadFile(paths.memory + file);
    if (!text.ok()) continue;
    std::istringstream stream(*text);
    std::string key;
    uint64_t value = 0;
    while (stream >> key >> value) {
      if (key == "oom_kill" && value > 0) return true;
    }
  }
  return false;
}

Result<std::set<int>> ParseCpuList(const std::string& text) {
  std::set<int> result;
  Error bad = InvalidArgument("invalid format: " + text);
  auto number = [](const std::string& digits) {
    if (digits.empty() || digits.size() > 5 ||
        digits.find_first_not_of("0123456789") != std::string::npos) {
      return -1;
    }
    int value = std::stoi(digits);
    return value <= 8192 ? value : -1;
  };
  if (text.empty()) return result;
  std::stringstream stream(text);
  std::string part;
  while (std::getline(stream, part, ',')) {
    size_t dash = part.find('-');
    int first = number(part.substr(0, dash));
    int last = dash == std::string::npos ? first : number(part.substr(dash + 1));
    if (first < 0 || last < first) return bad;
    for (int i = first; i <= last; ++i) result.insert(i);
  }
  if (text.back() == ',') return bad;
  return result;
}

}  // namespace buoy::oci
