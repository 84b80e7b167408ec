#include "daemon/container/starter.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>

#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "common/unix/mount.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/expect_runtime.h"
#include "daemon/container/leftovers.h"
#include "daemon/container/log_plan.h"
#include "daemon/container/start_plan.h"
#include "daemon/container/validate.h"
#include "daemon/logging/log.h"
#include "daemon/oci/cgroup_layout.h"
#include "daemon/oci/spec.h"
#include "daemon/oci/user.h"
#include "daemon/volume/mount_setup.h"

namespace buoy::failpoint {
void Hit(const char* name);  // common/failpoint/failpoint.cc
}

namespace buoy::container {
namespace {

// Everything that a start needs, collected step by step.
struct Preparation {
  ContainerData data;
  std::shared_ptr<const Options> options;
  oci::Runtime runtime;
  network::Sandbox sandbox;
  oci::SpecInput spec;
  std::vector<std::string> command;
};

Result<ContainerPtr> RunningTarget(Engine& engine, const std::string& mode, const char* what) {
  BUOY_ASSIGN(ContainerPtr target, engine.registry.Find(ContainerOfMode(mode)));
  if (!IsRunning(target->state())) {
    return Conflict("cannot join " + std::string(what) +
                    " of a non running container: " + target->id);
  }
  return target;
}

// In place: a running container has them bind mounted.
Status WriteInPlace(const std::string& path, const std::string& text) {
  BUOY_ASSIGN(Fd file, Open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  return WriteAll(file.get(), text);
}

Status JoinNetwork(Engine& engine, Preparation& prep,
                   std::future<Result<network::Sandbox>>& setup) {
  const std::string& mode = prep.data.host_config.network_mode;
  std::string root = engine.Root(prep.data.id);
  if (IsContainerMode(mode)) {
    BUOY_ASSIGN(ContainerPtr target, RunningTarget(engine, mode, "network"));
    ContainerData other = target->Snapshot();
    prep.spec.netns_path = "/proc/" + std::to_string(other.pid) + "/ns/net";
    root = engine.Root(target->id);
  } else {
    BUOY_ASSIGN(prep.sandbox, setup.get());
    prep.spec.netns_path = prep.sandbox.key;
    BUOY_TRY(WriteInPlace(root + "/hosts", prep.sandbox.files.hosts));
    BUOY_TRY(WriteInPlace(root + "/hostname", prep.sandbox.files.hostname));
    BUOY_TRY(WriteInPlace(root + "/resolv.conf", prep.sandbox.files.resolv_conf));
  }
  prep.spec.hosts_path = root + "/hosts";
  prep.spec.hostname_path = root + "/hostname";
  prep.spec.resolv_conf_path = root + "/resolv.conf";
  return Ok();
}

Status JoinIpcAndPid(Engine& engine, Preparation& prep) {
  const types::HostConfig& host = prep.data.host_config;
  if (IsContainerMode(host.pid_mode)) {
    BUOY_ASSIGN(ContainerPtr target, RunningTarget(engine, host.pid_mode, "PID namespace"));
    prep.spec.pid_ns_path = "/proc/" + std::to_string(target->Snapshot().pid) + "/ns/pid";
  }
  if (host.ipc_mode == "host") {
    prep.spec.shm_path = "/dev/shm";
  } else if (IsContainerMode(host.ipc_mode)) {
    BUOY_ASSIGN(ContainerPtr target, RunningTarget(engine, host.ipc_mode, "IPC"));
    ContainerData other = target->Snapshot();
    if (other.host_config.ipc_mode != "shareable") {
      return Internal("cannot join IPC of container " + other.id +
                      ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
    }
    prep.spec.ipc_ns_path = "/proc/" + std::to_string(other.pid) + "/ns/ipc";
    prep.spec.shm_path = engine.Root(other.id) + "/mounts/shm";
  } else if (host.ipc_mode == "shareable") {
    prep.spec.shm_path = engine.Root(prep.data.id) + "/mounts/shm";
    BUOY_TRY(MakeDirs(prep.spec.shm_path, 01777));
    BUOY_TRY(Unmount(prep.spec.shm_path));
    BUOY_ASSIGN(Mount shm,
                Mount::Create("shm", prep.spec.shm_path, "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV,
                              "mode=1777,size=" + std::to_string(host.shm_size)));
    shm.release();
  }
  return Ok();
}

Status PrepareFiles(Engine& engine, Preparation& prep) {
  ContainerData& data = prep.data;
  BUOY_ASSIGN(prep.spec.rootfs, engine.areas.storage.Mount(data.id));
  BUOY_ASSIGN(prep.spec.mounts, volume::SetUpMounts(engine.Mounts(data), data.mounts));
  BUOY_TRY(JoinIpcAndPid(engine, prep));
  BUOY_ASSIGN(Fd root, Open(prep.spec.rootfs, O_PATH | O_DIRECTORY));
  std::vector<std::string> groups(data.host_config.group_add.begin(),
                                  data.host_config.group_add.end());
  BUOY_ASSIGN(prep.spec.user, oci::ResolveUser(root.get(), data.config.user, groups));
  prep.spec.linked_env = LinkEnvironment(engine, data);
  return Ok();
}

Status WriteSpecs(Engine& engine, Preparation& prep) {
  ContainerData& data = prep.data;
  oci::SpecInput& spec = prep.spec;
  spec.id = data.id;
  spec.config = &data.config;
  spec.host_config = &data.host_config;
  spec.host = &prep.options->host;
  spec.runtime = prep.runtime.kind;
  spec.runtime_rro = prep.runtime.recursive_read_only;
  spec.runtime_is_crun = prep.runtime.kind == oci::RuntimeKind::kCrun;
  if (data.host_config.console_size.size() == 2) {
    spec.console_height = data.host_config.console_size[0];
    spec.console_width = data.host_config.console_size[1];
  }
  BUOY_ASSIGN(std::string text, oci::BuildSpec(spec));
  BUOY_TRY(WriteInPlace(engine.Bundle(data.id) + "/config.json", text));
  std::vector<std::string> probe = ProbeCommand(data.config);
  if (probe.empty()) return Ok();
  types::ExecCreateRequest request;
  request.cmd = json::List<std::string>(probe);
  oci::ExecInput input;
  input.config = &data.config;
  input.host_config = &data.host_config;
  input.host = &prep.options->host;
  input.request = &request;
  input.user = spec.user;
  input.linked_env = spec.linked_env;
  BUOY_ASSIGN(std::string process, oci::BuildExecProcess(input));
  return WriteInPlace(engine.Bundle(data.id) + "/health.json", process);
}

shim::StartRequest PlanStart(Engine& engine, const Preparation& prep, bool by_user,
                             std::vector<int>* fds, std::vector<int>* held) {
  const ContainerData& data = prep.data;
  const oci::HostSettings& host = prep.options->host;
  shim::StartRequest request;
  request.runtime = prep.runtime.Command(prep.options->exec_root + "/runtime", host.systemd_cgroup);
  request.bundle = engine.Bundle(data.id);
  request.container_id = data.id;
  request.tty = data.config.tty;
  request.open_stdin = data.config.open_stdin;
  request.stdin_once = data.config.stdin_once;
  request.console_size = {prep.spec.console_width, prep.spec.console_height};
  const int64_t buffer = prep.options->stdio_buffer_size;
  request.pipe_size =
      static_cast<uint32_t>(StdioBufferSize(data.host_config, buffer).value_or(buffer));
  request.restart = PlanRestart(data.host_config);
  request.health = PlanHealth(data.config, request.bundle + "/health.json");
  const std::string& own_parent = data.host_config.resources.cgroup_parent;
  std::string path = oci::CgroupsPathFor(own_parent.empty() ? host.cgroup_parent : own_parent,
                                         host.systemd_cgroup, data.id);
  std::string memory = oci::ContainerCgroup(host.cgroups, path).memory;
  if (!memory.empty()) request.memory_cgroups.push_back(memory);
  for (const auto& port : prep.sandbox.published) {
    if (!port.socket.valid()) continue;
    if (!port.proxy) {
      held->push_back(port.socket.get());
      continue;
    }
    request.ports.push_back({static_cast<uint32_t>(fds->size()), port.proto == "udp",
                             port.container_ip, port.container_port});
    fds->push_back(port.socket.get());
  }
  request.keep_restart_count = !by_user;
  return request;
}

// The network's facts are visible from the moment the container runs.
void StoreNetwork(Engine& engine, const ContainerPtr& container, const Preparation& prep) {
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    types::NetworkSettings& network = container->data.network;
    if (!IsContainerMode(prep.data.host_config.network_mode)) {
      network.sandbox_id = prep.sandbox.id;
      network.sandbox_key = prep.sandbox.key;
      network.networks = prep.sandbox.networks;
      network.ports = prep.sandbox.ports;
      network.ports.is_null = false;
    }
    container->data.manually_stopped = false;
    container->needs_cleanup = true;
    data = container->data;
  }
  // Of use to the next daemon only; the started container is synced when the shim reports it.
  engine.SaveAll(data, state::Durability::kProcess);
}

// A fresh shim knows nothing of the last run. When the runtime still has it, either the former shim
// is deleting it just now, or it was killed and nobody will.
void DropStaleRun(const Preparation& prep, shim::ShimClient& client) {
  const std::string state = prep.options->exec_root + "/runtime/" + prep.data.id;
  if (!PathExists(state)) return;
  auto phase = client.GetState();
  if (!phase.ok() || phase->phase != shim::Phase::kEmpty) return;
  for (int i = 0; i < 50; ++i) {
    usleep(20'000);
    if (!PathExists(state)) return;
  }
  DeleteFromRuntime(*prep.options, prep.runtime, prep.data.id);
}

Status Launch(Engine& engine, const ContainerPtr& container, Preparation& prep, bool by_user) {
  BUOY_ASSIGN(shim::LogConfig log, PlanLog(prep.data, engine.LogPath(prep.data)));
  BUOY_ASSIGN(auto client, engine.EnsureShim(container));
  DropStaleRun(prep, *client);
  std::vector<int> fds, held;
  shim::StartRequest request = PlanStart(engine, prep, by_user, &fds, &held);
  request.log = std::move(log);
  failpoint::Hit("start.shim");
  ExpectRuntime(prep.options->host.cgroups);
  StoreNetwork(engine, container, prep);
  failpoint::Hit("start.network_row");
  if (!held.empty()) BUOY_TRY(client->HoldFds(kHeldPorts, held));
  BUOY_TRY(ServeDns(*client, prep.sandbox));
  const uint64_t before = container->Snapshot().journal_seq;
  auto reply = client->Start(request, fds);
  if (!reply.ok()) {
    if (!shim::IsRuntimeError(reply.error())) return std::move(reply).error();
    auto args = oci::ProcessArgs(prep.data.config);
    auto failure =
        oci::CreateFailure(reply.error().message(), args.ok() ? *args : std::vector<std::string>());
    std::lock_guard lock(container->mutex);
    container->data.exit_code = failure.exit_code;
    return failure.error;
  }
  failpoint::Hit("start.running");
  container->WaitFor([&] { return container->data.journal_seq > before; }, std::chrono::seconds(5));
  return Ok();
}

Status Prepare(Engine& engine, const ContainerPtr& container, Preparation& prep) {
  prep.data = container->Snapshot();
  prep.options = engine.options();
  BUOY_ASSIGN(prep.runtime, prep.options->runtimes->Find(prep.data.host_config.runtime));
  BUOY_TRY(MakeDirs(engine.Bundle(prep.data.id), 0711));
  if (std::string log = engine.LogPath(prep.data); !log.empty()) {
    BUOY_TRY(MakeDirs(log.substr(0, log.rfind('/')), 0710));
  }
  std::future<Result<network::Sandbox>> setup;
  if (!IsContainerMode(prep.data.host_config.network_mode)) {
    setup = std::async(std::launch::async, [&engine, request = engine.NetworkRequest(prep.data)] {
      return engine.areas.network.Setup(request);
    });
  }
  std::future<void> spawn =
      std::async(std::launch::async, [&engine, container] { (void)engine.EnsureShim(container); });
  auto files = PrepareFiles(engine, prep);
  failpoint::Hit("start.files");
  spawn.wait();
  auto network = JoinNetwork(engine, prep, setup);
  failpoint::Hit("start.network");
  if (!files.ok()) return files;
  BUOY_TRY(std::move(network));
  return WriteSpecs(engine, prep);
}

void RecordFailure(Engine& engine, const ContainerPtr& container, const Error& error) {
  ContainerData data;
  {
    std::lock_guard lock(container->mutex);
    container->data.error = error.message();
    if (container->data.exit_code == 0) container->data.exit_code = 128;
    ClearNetworkFacts(container->data.network);
    container->needs_cleanup = true;
    data = container->data;
  }
  engine.SaveAll(data);
}

}  // namespace

Status CheckStartable(const ContainerData& data) {
  switch (data.state) {
    case State::kPaused:
      return Conflict("cannot start a paused container, try unpause instead");
    case State::kRunning:
    case State::kRestarting:
      return NotModified("container is already running");
    case State::kRemoving:
    case State::kDead:
      return Conflict("container is marked for removal and cannot be started");
    default:
      return Ok();
  }
}

Status StartContainer(Engine& engine, const ContainerPtr& container, bool by_user) {
  Status result;
  {
    std::lock_guard operation(container->operation);
    BUOY_TRY(CheckStartable(container->Snapshot()));
    CleanupLocked(engine, container);
    {
      std::lock_guard lock(container->mutex);
      container->data.exit_code = 0;
    }
    Preparation prep;
    result = Prepare(engine, container, prep);
    if (result.ok()) result = Launch(engine, container, prep, by_user);
    if (result.ok()) return result;
    failpoint::Hit("start.failed");
    RecordFailure(engine, container, result.error());
    CleanupLocked(engine, container);
  }
  ScheduleCleanup(engine, container);
  return result;
}

void StartByPolicy(Engine& engine, const ContainerPtr& container) {
  engine.background.Post("start-" + container->id, [&engine, container] {
    auto started = StartContainer(engine, container, false);
    if (started.ok() || started.error().kind() == ErrorKind::kNotModified) return;
    log::Error("failed to start container",
               {{"container", container->id}, {"error", started.error().message()}});
  });
}

}  // namespace buoy::container
