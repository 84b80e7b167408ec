#include "daemon/container/engine.h"

#include "common/unix/file.h"
#include "daemon/container/cleanup.h"
#include "daemon/container/record_handler.h"
#include "daemon/logging/log.h"

namespace buoy::container {

Error NotRunning(const std::string& id) { return Conflict("container " + id + " is not running"); }

Engine::Engine(Dependencies dependencies, Options options)
    : areas(dependencies),
      store(dependencies.db),
      data_root_(options.data_root),
      exec_root_(options.exec_root),
      options_(std::make_shared<const Options>(std::move(options))) {
  boot_id = ReadFile("/proc/sys/kernel/random/boot_id").value_or("");
  while (!boot_id.empty() && boot_id.back() == '\n') boot_id.pop_back();
}

std::shared_ptr<const Options> Engine::options() const {
  std::lock_guard lock(options_mutex_);
  return options_;
}

void Engine::SetOptions(Options options) {
  auto next = std::make_shared<const Options>(std::move(options));
  std::lock_guard lock(options_mutex_);
  options_ = std::move(next);
}

std::string Engine::Root(const std::string& id) const { return data_root_ + "/containers/" + id; }
std::string Engine::Bundle(const std::string& id) const { return exec_root_ + "/containers/" + id; }

std::string Engine::LogPath(const ContainerData& data) const {
  const std::string& driver = data.host_config.log_config.type;
  if (driver == "json-file") return Root(data.id) + "/" + data.id + "-json.log";
  if (driver == "local") return Root(data.id) + "/local-logs/container.log";
  return "";
}

Result<ContainerPtr> Engine::Find(const std::string& ref) {
  BUOY_ASSIGN(ContainerPtr container, registry.Find(ref));
  Sync(*container);
  return container;
}

void Engine::Sync(Container& container) {
  std::shared_ptr<shim::ShimClient> client;
  uint64_t applied = 0;
  {
    std::lock_guard lock(container.mutex);
    if (!container.clients_handed_over) return;
    client = container.shim;
    applied = container.applied_seq;
  }
  // The shim sends a record before it tells a client: without one on its way there is nothing to
  // wait for.
  if (client == nullptr || !client->connected() || client->QuietSince(applied)) return;
  auto state = client->GetState();
  if (!state.ok()) return;
  container.WaitFor([&] { return container.applied_seq >= state->last_seq || container.removed; },
                    std::chrono::seconds(5));
}

Result<std::shared_ptr<shim::ShimClient>> Engine::EnsureShim(const ContainerPtr& container) {
  if (auto client = container->ShimOrNull(); client != nullptr && client->connected()) {
    return client;
  }
  BUOY_TRY(MakeDirs(Bundle(container->id), 0711));
  std::lock_guard lock(container->shim_mutex);
  if (auto client = container->ShimOrNull(); client != nullptr && client->connected()) {
    return client;
  }
  if (IsRunning(container->state())) {
    return Unavailable("container " + container->id + " runs without a supervisor");
  }
  shim::SpawnOptions spawn;
  const auto settings = options();
  spawn.shim_path = settings->shim_path;
  spawn.container_id = container->id;
  spawn.socket_path = Socket(container->id);
  spawn.journal_path = Root(container->id) + "/journal";
  spawn.pid_path = Bundle(container->id) + "/shim.pid";
  auto runtime = settings->runtimes->Find(container->Snapshot().host_config.runtime);
  if (runtime.ok() && runtime->sealed != nullptr && runtime->sealed->Current()) {
    spawn.runtime_path = runtime->path;
    spawn.runtime_fd = runtime->sealed->fd();
  }
  BUOY_ASSIGN_CONTEXT(auto client, shim::ShimClient::Spawn(areas.hub, spawn), "starting buoy-shim");
  UseShim(container, client);
  return client;
}

void Engine::UseShim(const ContainerPtr& container, std::shared_ptr<shim::ShimClient> client) {
  std::weak_ptr<Container> weak = container;
  std::weak_ptr<shim::ShimClient> weak_client = client;
  {
    std::lock_guard lock(container->mutex);
    container->shim = client;
    container->applied_seq =
        std::max(container->data.journal_seq, client->initial_state().acked_seq);
  }
  shim::ShimHandlers handlers;
  handlers.on_record = [this, weak, weak_client, id = container->id](const shim::Record& record) {
    records.Post(id, [this, weak, weak_client, record] {
      auto target = weak.lock();
      if (target == nullptr) return;
      if (!HandleRecord(*this, target, record)) return;
      if (auto sender = weak_client.lock()) (void)sender->Ack(record.seq);
    });
  };
  const shim::ShimClient* raw = client.get();
  handlers.on_disconnect = [this, weak, raw, id = container->id] {
    records.Post(id, [this, weak, raw] { OnDisconnect(weak, raw); });
  };
  client->Subscribe(std::move(handlers));
}

void Engine::OnDisconnect(const std::weak_ptr<Container>& weak, const shim::ShimClient* client) {
  auto container = weak.lock();
  if (container == nullptr) return;
  std::unique_lock lock(container->mutex);
  if (container->shim.get() != client) return;
  container->shim.reset();
  container->changed.notify_all();
  if (!IsRunning(container->data.state)) return;
  lock.unlock();
  log::Warn("the shim of a running container has gone", {{"container", container->id}});
  AdoptOrBury(*this, container);
}

void Engine::Publish(const ContainerData& data, const std::string& action, Attributes attributes,
                     int64_t time_ns) {
  types::Event event;
  event.type = "container";
  event.action = action;
  event.actor.id = data.id;
  for (const auto& [key, value] : attributes) event.actor.attributes[key] = value;
  for (const auto& [key, value] : data.config.labels) event.actor.attributes[key] = value;
  if (!data.config.image.empty()) event.actor.attributes["image"] = data.config.image;
  event.actor.attributes["name"] = data.name;
  event.time_nano = time_ns;
  areas.events.Publish(std::move(event));
}

void Engine::SaveState(const ContainerData& data, state::Durability durability) {
  if (auto saved = store.SaveState(data, durability); !saved.ok()) {
    log::Error("cannot save a container's state",
               {{"container", data.id}, {"error", saved.error().message()}});
  }
}

void Engine::SaveAll(const ContainerData& data, state::Durability durability) {
  if (auto saved = store.Save(data, durability); !saved.ok()) {
    log::Error("cannot save a container",
               {{"container", data.id}, {"error", saved.error().message()}});
  }
}

volume::MountScope Engine::Mounts(const ContainerData& data) const {
  return {areas.volumes, &areas.storage, data.id, Root(data.id) + "/mounts/pins"};
}

network::SandboxRequest Engine::NetworkRequest(const ContainerData& data) const {
  network::SandboxRequest request;
  request.container_id = data.id;
  request.container_name = data.name;
  request.config = data.config;
  request.host_config = data.host_config;
  request.networks = data.network.networks;
  return request;
}

}  // namespace buoy::container
