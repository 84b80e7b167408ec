#include "daemon/swarm/node_filters.h"
#include "daemon/swarm/spec_rules.h"
#include "daemon/swarm/swarm_service.h"
#include "daemon/swarm/swarm_texts.h"

// What is asked of the manager, and what is said of it.
namespace buoy::swarm {

Result<std::shared_ptr<Manager>> SwarmService::ActiveManager() const {
  std::lock_guard lock(mutex_);
  switch (state_) {
    case State::kInactive:
      return Unavailable(kNotInSwarm);
    case State::kLocked:
      return Unavailable(kLocked);
    case State::kPending:
    case State::kError:
      return Unavailable(kPreparing);
    case State::kActive:
      break;
  }
  if (worker_) return Unavailable(kWorkerRefuses);
  return manager_;
}

std::shared_ptr<Worker> SwarmService::ActiveWorker() const {
  std::lock_guard lock(mutex_);
  return worker_;
}

std::string SwarmService::StateText() const {
  std::lock_guard lock(mutex_);
  switch (state_) {
    case State::kInactive:
      return "inactive";
    case State::kLocked:
      return "locked";
    case State::kPending:
      return "pending";
    case State::kError:
      return "error";
    case State::kActive:
      break;
  }
  return worker_ ? "active/worker" : "active/manager";
}

types::SwarmNodeInfo SwarmService::Info() {
  types::SwarmNodeInfo info;
  {
    std::lock_guard lock(mutex_);
    if (state_ == State::kInactive) return info;
    info.error = error_;
  }
  const std::string status = StateText();
  info.local_node_state = status.substr(0, status.find('/'));
  if (auto worker = ActiveWorker()) {
    const LocalState local = worker->local();
    info.node_id = local.node_id;
    info.node_addr = HostOf(local.advertise_addr);
    info.error = worker->error();
    for (const auto& manager : local.managers) info.remote_managers.push_back(manager);
    return info;
  }
  auto manager = ActiveManager();
  if (!manager.ok()) {
    auto local = files_.LoadState();
    if (local.ok()) info.node_addr = HostOf(local->advertise_addr);
    return info;
  }
  const LocalState& local = (*manager)->local();
  info.node_id = local.node_id;
  info.node_addr = HostOf(local.advertise_addr);
  info.control_available = true;
  info.remote_managers.push_back({local.node_id, local.advertise_addr});
  auto swarm = (*manager)->Inspect();
  auto nodes = (*manager)->Nodes();
  if (!swarm.ok() || !nodes.ok()) {
    info.error = swarm.ok() ? nodes.error().message() : swarm.error().message();
    return info;
  }
  info.cluster = std::move(swarm->cluster);
  info.nodes = static_cast<int>(nodes->size());
  for (const auto& node : *nodes) info.managers += node.manager_status ? 1 : 0;
  return info;
}

Status SwarmService::CheckManager() {
  BUOY_TRY(ActiveManager());
  return Ok();
}

Result<types::Swarm> SwarmService::Inspect() {
  BUOY_ASSIGN(auto manager, ActiveManager());
  return manager->Inspect();
}

Status SwarmService::Update(types::SwarmSpec spec, const api::SwarmUpdateOptions& options) {
  BUOY_ASSIGN(auto manager, ActiveManager());
  return manager->Update(std::move(spec), options);
}

Result<std::string> SwarmService::UnlockKey() {
  BUOY_ASSIGN(auto manager, ActiveManager());
  return manager->UnlockKey();
}

Result<std::vector<types::Node>> SwarmService::Nodes(const api::Filters& filters) {
  BUOY_ASSIGN(auto manager, ActiveManager());
  BUOY_ASSIGN(auto nodes, manager->Nodes());
  return FilterNodes(std::move(nodes), filters);
}

Result<types::Node> SwarmService::InspectNode(const std::string& ref) {
  BUOY_ASSIGN(auto manager, ActiveManager());
  BUOY_ASSIGN(auto nodes, manager->Nodes());
  return FindNode(nodes, ref);
}

Status SwarmService::UpdateNode(const std::string& ref, uint64_t version, types::NodeSpec spec) {
  BUOY_ASSIGN(auto manager, ActiveManager());
  return manager->UpdateNode(ref, version, std::move(spec));
}

Status SwarmService::RemoveNode(const std::string& ref, bool force) {
  BUOY_ASSIGN(auto manager, ActiveManager());
  return manager->RemoveNode(ref, force);
}

}  // namespace buoy::swarm
