#include "daemon/oci/runtime_probe.h"

#include <unistd.h>

#include <sstream>

#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "daemon/oci/devices.h"
#include "daemon/oci/process_run.h"
#include "daemon/oci/spec_types.h"

namespace buoy::oci {
namespace {

constexpr int kTimeoutMs = 10000;

// The host's /usr read-only is all that a dynamically linked `true` needs.
Spec ProbeSpec(const std::string& rootfs) {
  Spec spec;
  spec.root = {rootfs, false};
  spec.process.args = {"/usr/bin/true"};
  spec.process.capabilities.emplace();
  spec.process.no_new_privileges = true;
  spec.mounts = {{"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
                 {"/usr", "bind", "/usr", {"rbind", "ro"}}};
  auto& linux_part = spec.linux_part;
  linux_part.namespaces = {{"mount", ""}, {"pid", ""}, {"ipc", ""}, {"uts", ""}, {"network", ""}};
  linux_part.resources.devices = DefaultDeviceRules();
  linux_part.resources.pids = SpecPids{64};
  linux_part.cgroups_path = "/buoy-probe-" + std::to_string(getpid());
  return spec;
}

Status PrepareRootfs(const std::string& rootfs) {
  BUOY_TRY(MakeDirs(rootfs + "/usr"));
  for (const char* name : {"lib", "lib64", "bin"}) {
    if (symlink((std::string("usr/") + name).c_str(), (rootfs + "/" + name).c_str()) != 0) {
      return ErrnoError("symlink " + rootfs);
    }
  }
  BUOY_TRY(MakeDirs(rootfs + "/dev"));  // crun looks into it before it mounts anything
  return MakeDirs(rootfs + "/proc");
}

}  // namespace

std::string FindRuntimeBinary(const std::string& name) {
  if (name.starts_with("/")) return access(name.c_str(), X_OK) == 0 ? name : std::string();
  const char* path = getenv("PATH");
  std::stringstream folders(std::string(path != nullptr ? path : "") +
                            ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  std::string folder;
  while (std::getline(folders, folder, ':')) {
    std::string candidate = folder + "/" + name;
    if (folder.starts_with("/") && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

void QueryRuntime(Runtime& runtime) {
  auto version = RunCommand({runtime.path, "--version"}, kTimeoutMs);
  if (!version.ok() || version->exit_code != 0) return;
  std::istringstream lines(version->output);
  std::string line;
  while (std::getline(lines, line)) {
    if (runtime.version.empty()) runtime.version = line.substr(line.rfind(' ') + 1);
    if (line.starts_with("commit: ")) runtime.commit = line.substr(8);
  }
  if (runtime.commit.empty()) runtime.commit = runtime.version;
  if (runtime.kind == RuntimeKind::kCrun) {
    runtime.recursive_read_only = true;  // since crun 1.4
    return;
  }
  auto features = RunCommand({runtime.path, "features"}, kTimeoutMs);
  runtime.recursive_read_only = features.ok() && features->exit_code == 0 &&
                                features->output.find("\"rro\"") != std::string::npos;
}

Status ProbeRuntime(const Runtime& runtime, const std::string& scratch_dir) {
  std::string folder = scratch_dir + "/probe-" + runtime.name + "-" + std::to_string(getpid());
  std::string id = "buoy-probe-" + std::to_string(getpid());
  auto command = runtime.Command(folder + "/state", false);
  Cleanup cleanup([&] {
    auto remove = command;
    remove.insert(remove.end(), {"delete", "--force", id});
    auto ignored = RunCommand(remove, kTimeoutMs);
    (void)ignored.ok();
    (void)RemoveAll(folder).ok();
  });
  BUOY_TRY(PrepareRootfs(folder + "/rootfs"));
  BUOY_TRY(WriteFileAtomic(folder + "/config.json", SpecToJson(ProbeSpec(folder + "/rootfs"))));
  auto run = command;
  run.insert(run.end(), {"run", "--bundle", folder, id});
  BUOY_ASSIGN(CommandResult result, RunCommand(run, kTimeoutMs));
  if (result.exit_code == 0) return Ok();
  return Internal(LastRuntimeError(result.output));
}

}  // namespace buoy::oci
