#include "daemon/container/execs.h"

#include <dirent.h>
#include <fcntl.h>

#include "common/base64/base64.h"
#include "common/unix/file.h"
#include "common/unix/replace_file.h"
#include "daemon/container/expect_runtime.h"
#include "daemon/container/names.h"
#include "daemon/container/persisted_json.h"
#include "daemon/container/start_plan.h"
#include "daemon/container/streams.h"
#include "daemon/oci/runtime.h"
#include "daemon/oci/spec.h"
#include "daemon/oci/user.h"

namespace buoy::container {
namespace {

constexpr int64_t kKeepEndedNs = 10LL * 60 * 1'000'000'000;

Status CheckRunning(Container& container, const std::string& ref) {
  std::lock_guard lock(container.mutex);
  if (!IsRunning(container.data.state)) return NotRunning(container.id);
  if (container.data.state == State::kPaused) {
    return Conflict("Container " + ref + " is paused, unpause the container before exec");
  }
  if (container.data.state == State::kRestarting) {
    return Conflict("Container " + container.id +
                    " is restarting, wait until the container is running");
  }
  if (container.shim == nullptr) {
    return Unavailable("container " + container.id + " has no supervisor to run an exec");
  }
  return Ok();
}

Result<oci::ProcessUser> FindUser(Engine& engine, const ContainerData& data,
                                  const std::string& user) {
  BUOY_ASSIGN(auto root, engine.areas.storage.OpenRootfs(data.id));
  std::vector<std::string> groups(data.host_config.group_add.begin(),
                                  data.host_config.group_add.end());
  return oci::ResolveUser(root->root_fd(), user.empty() ? data.config.user : user, groups);
}

shim::ExecRequest PlanExec(const ExecRecord& exec, const types::ExecStartRequest& request,
                           const std::string& process_path) {
  shim::ExecRequest start;
  start.exec_id = exec.id;
  start.process_path = process_path;
  start.tty = exec.request.tty;
  start.detach = request.detach;
  start.attach_stdin = exec.request.attach_stdin && !request.detach;
  start.attach_stdout = exec.request.attach_stdout && !request.detach;
  start.attach_stderr = exec.request.attach_stderr && !request.detach;
  start.detach_keys = exec.detach_keys;
  const auto& size =
      request.console_size.size() == 2 ? request.console_size : exec.request.console_size;
  if (size.size() == 2) start.console_size = {size[1], size[0]};
  start.error_prefix = "OCI runtime exec failed: ";
  start.error_suffix = ": unknown\r\n";
  return start;
}

}  // namespace

Result<std::string> Execs::Create(const std::string& ref, const types::ExecCreateRequest& request) {
  BUOY_ASSIGN(ContainerPtr container, engine_.Find(ref));
  BUOY_TRY(CheckRunning(*container, ref));
  ContainerData data = container->Snapshot();
  if (request.cmd.empty()) return InvalidArgument("no exec command specified");
  if (!request.user.empty()) {
    auto user = FindUser(engine_, data, request.user);
    if (!user.ok()) return std::move(user).error().WithKind(ErrorKind::kInvalidArgument);
  }
  auto keys = DetachKeyBytes(request.detach_keys, "escape");
  if (!keys.ok()) return std::move(keys).error().WithKind(ErrorKind::kInternal);
  DropOld(container);

  ExecRecord exec;
  exec.id = RandomId();
  exec.container_id = data.id;
  exec.request = request;
  if (exec.request.user.empty()) exec.request.user = data.config.user;
  exec.detach_keys = *keys;
  // A run directory does not outlive the machine.
  BUOY_TRY(ReplaceFile(RecordPath(data.id, exec.id), EncodeExec(exec), 0600));
  {
    std::lock_guard lock(container->mutex);
    container->execs[exec.id] = exec;
  }
  {
    std::lock_guard lock(mutex_);
    containers_[exec.id] = data.id;
  }
  engine_.Publish(data, "exec_create: " + exec.CommandLine(), {{"execID", exec.id}});
  return exec.id;
}

Result<ContainerPtr> Execs::Holder(const std::string& id) {
  std::string container_id;
  {
    std::lock_guard lock(mutex_);
    auto found = containers_.find(id);
    if (found != containers_.end()) container_id = found->second;
  }
  ContainerPtr container = container_id.empty() ? nullptr : engine_.registry.Get(container_id);
  if (container == nullptr) return NotFound("No such exec instance: " + id);
  engine_.Sync(*container);
  std::lock_guard lock(container->mutex);
  if (!container->execs.contains(id)) return NotFound("No such exec instance: " + id);
  return container;
}

Result<ContainerPtr> Execs::RunningHolder(const std::string& id) {
  BUOY_ASSIGN(ContainerPtr container, Holder(id));
  BUOY_TRY(CheckRunning(*container, container->id));
  return container;
}

Result<std::string> Execs::ProcessFile(const ContainerPtr& container, const ExecRecord& exec,
                                       const types::ExecStartRequest& start) {
  ContainerData data = container->Snapshot();
  auto settings = engine_.options();
  BUOY_ASSIGN(oci::ProcessUser user, FindUser(engine_, data, exec.request.user));
  oci::ExecInput input;
  input.config = &data.config;
  input.host_config = &data.host_config;
  input.host = &settings->host;
  input.request = &exec.request;
  input.user = user;
  input.linked_env = LinkEnvironment(engine_, data);
  input.tty = exec.request.tty;
  const auto& size =
      start.console_size.size() == 2 ? start.console_size : exec.request.console_size;
  if (size.size() == 2) {
    input.console_height = size[0];
    input.console_width = size[1];
  }
  BUOY_ASSIGN(std::string process, oci::BuildExecProcess(input));
  std::string path = engine_.Bundle(data.id) + "/process-" + exec.id + ".json";
  BUOY_ASSIGN(Fd file, Open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
  BUOY_TRY(WriteAll(file.get(), process));
  return path;
}

Status Execs::Start(const std::string& id, const types::ExecStartRequest& request,
                    api::Handover& client) {
  BUOY_ASSIGN(ContainerPtr container, RunningHolder(id));
  ExecRecord exec;
  {
    std::lock_guard lock(container->mutex);
    ExecRecord& own = container->execs[id];
    if (own.exit_code) return Conflict("exec command " + id + " has already run");
    if (own.started) return Conflict("exec command " + id + " is already running");
    own.started = own.running = true;
    container->clients_handed_over = true;
    exec = own;
  }
  ExpectRuntime(engine_.options()->host.cgroups);
  ContainerData data = container->Snapshot();
  engine_.Publish(data, "exec_start: " + exec.CommandLine(), {{"execID", id}});
  auto fail = [&](Error error, int exit_code) -> Status {
    std::lock_guard lock(container->mutex);
    ExecRecord& own = container->execs[id];
    own.running = false;
    if (!own.exit_code) own.exit_code = exit_code;
    own.ended_ns = NowNs();
    return error;
  };
  (void)ReplaceFile(RecordPath(data.id, id), EncodeExec(exec), 0600);
  auto path = ProcessFile(container, exec, request);
  if (!path.ok()) return fail(std::move(path).error(), 126);
  auto shim_client = container->ShimOrNull();
  if (shim_client == nullptr) return fail(NotRunning(data.id), 126);

  shim::ExecRequest start = PlanExec(exec, request, *path);
  api::TakenStream stream;
  if (!request.detach) {
    auto taken = client.Take(exec.request.tty ? api::StreamKind::kDuplexRaw
                                              : api::StreamKind::kDuplexMultiplexed);
    if (!taken.ok()) return fail(std::move(taken).error(), 126);
    stream = *std::move(taken);
    start.client.read_ahead = std::move(stream.read_ahead);
    start.client.multiplexed = !exec.request.tty;
    start.client.chunked = stream.chunked;
  }
  auto reply = shim_client->Exec(start, stream.fd.get());
  if (reply.ok()) return Ok();
  if (!shim::IsRuntimeError(reply.error())) return fail(std::move(reply).error(), 126);
  auto failure =
      oci::ExecFailure(reply.error().message(), {exec.request.cmd.begin(), exec.request.cmd.end()});
  return fail(failure.error, failure.exit_code);
}

Status Execs::Resize(const std::string& id, unsigned height, unsigned width) {
  BUOY_ASSIGN(ContainerPtr container, RunningHolder(id));
  // The client may resize before the process is there.
  container->WaitFor(
      [&] {
        const ExecRecord& exec = container->execs[id];
        return exec.pid != 0 || exec.exit_code.has_value();
      },
      std::chrono::seconds(10));
  auto client = container->ShimOrNull();
  if (client == nullptr) return NotRunning(container->id);
  shim::ResizeRequest request;
  request.exec_id = id;
  request.size = {width, height};
  auto resized = client->Resize(request);
  if (!resized.ok() && resized.error().kind() == ErrorKind::kNotFound) {
    return InvalidArgument("exec process is not started");
  }
  return resized;
}

Result<types::ExecInspect> Execs::Inspect(const std::string& id) {
  BUOY_ASSIGN(ContainerPtr container, Holder(id));
  std::lock_guard lock(container->mutex);
  const ExecRecord& exec = container->execs[id];
  types::ExecInspect out;
  out.id = exec.id;
  out.running = exec.running;
  out.exit_code = exec.exit_code;
  out.process_config.tty = exec.request.tty;
  out.process_config.entrypoint = exec.request.cmd[0];
  out.process_config.arguments = json::List<std::string>::Empty();
  out.process_config.arguments.assign(exec.request.cmd.begin() + 1, exec.request.cmd.end());
  out.process_config.privileged = exec.request.privileged;
  out.process_config.user = exec.request.user;
  out.open_stdin = exec.request.attach_stdin;
  out.open_stdout = exec.request.attach_stdout;
  out.open_stderr = exec.request.attach_stderr;
  out.container_id = exec.container_id;
  out.detach_keys = exec.request.detach_keys.empty() ? "" : Base64Encode(exec.detach_keys);
  out.pid = exec.pid;
  return out;
}

void Execs::DropOld(const ContainerPtr& container) {
  std::vector<std::string> dropped;
  {
    std::lock_guard lock(container->mutex);
    for (const auto& [id, exec] : container->execs) {
      if (exec.exit_code && exec.ended_ns < NowNs() - kKeepEndedNs) dropped.push_back(id);
    }
    for (const auto& id : dropped) container->execs.erase(id);
  }
  for (const auto& id : dropped) {
    (void)RemoveAll(RecordPath(container->id, id));
    (void)RemoveAll(engine_.Bundle(container->id) + "/process-" + id + ".json");
    std::lock_guard lock(mutex_);
    containers_.erase(id);
  }
}

void Execs::Restore(const ContainerPtr& container,
                    const std::shared_ptr<shim::ShimClient>& client) {
  const std::string folder = engine_.Bundle(container->id);
  DIR* dir = opendir(folder.c_str());
  if (dir == nullptr) return;
  while (dirent* entry = readdir(dir)) {
    std::string name = entry->d_name;
    if (name.rfind("exec-", 0) != 0 || !name.ends_with(".json")) continue;
    auto text = ReadFile(folder + "/" + name);
    if (!text.ok()) continue;
    auto exec = DecodeExec(*text);
    if (!exec.ok() || exec->request.cmd.empty()) continue;
    std::string id = exec->id;
    {
      std::lock_guard lock(container->mutex);
      container->execs[id] = *std::move(exec);
    }
    std::lock_guard lock(mutex_);
    containers_[id] = container->id;
  }
  closedir(dir);
  std::lock_guard lock(container->mutex);
  for (auto& [id, exec] : container->execs) {
    if (!exec.running) continue;
    const shim::ExecState* live = nullptr;
    if (client != nullptr) {
      for (const auto& state : client->initial_state().execs) {
        if (state.exec_id == id) live = &state;
      }
    }
    if (live != nullptr) exec.pid = live->pid;
    // Its end may still be in the journal, which is applied after this.
    if (live == nullptr && client == nullptr) {
      exec.running = false;
      exec.exit_code = 255;
    }
  }
}

}  // namespace buoy::container
