#include "daemon/swarm/swarm_service.h"

#include "daemon/logging/log.h"
#include "daemon/swarm/base36.h"
#include "daemon/swarm/spec_rules.h"
#include "daemon/swarm/swarm_texts.h"
#include "daemon/swarm/unlock_key.h"

namespace buoy::swarm {

void SwarmService::Become(State state, std::shared_ptr<Manager> manager, std::string error) {
  std::shared_ptr<Worker> former;  // ends outside of the lock, as the manager does
  std::lock_guard lock(mutex_);
  state_ = state;
  manager_.swap(manager);
  worker_.swap(former);
  error_ = std::move(error);
}

void SwarmService::BecomeWorker(std::shared_ptr<Worker> worker) {
  std::lock_guard lock(mutex_);
  state_ = State::kActive;
  worker_ = std::move(worker);
  error_.clear();
}

bool SwarmService::IsMember() const {
  std::lock_guard lock(mutex_);
  return state_ != State::kInactive;
}

Status SwarmService::Start() {
  std::lock_guard control(control_mutex_);
  if (!files_.IsMember()) return files_.Clear();  // of an init or a leave that a crash cut short
  if (context_.live_restore_forbids()) return Unavailable(kLiveRestore);
  auto locked = files_.KeysLocked();
  if (locked.ok() && *locked) {
    Become(State::kLocked, nullptr, kLocked);
    log::Warn(kLocked);
    return Ok();
  }
  Status started = StartMembership();
  if (!started.ok()) {
    log::Error("swarm component could not be started", {{"error", started.error().message()}});
    Become(State::kError, nullptr, started.error().message());
  }
  return Ok();
}

Status SwarmService::StartMembership() {
  BUOY_ASSIGN(LocalState local, files_.LoadState());
  if (local.role.empty()) {
    BUOY_ASSIGN(auto manager, Manager::Open(files_, "", context_.manager));
    Become(State::kActive, std::move(manager));
    return Ok();
  }
  BUOY_ASSIGN(auto worker, Worker::Open(files_, context_.manager.describe));
  BecomeWorker(std::move(worker));
  return Ok();
}

Result<LocalState> SwarmService::ResolveLocal(const types::SwarmInitRequest& request) {
  const AddressRequest asked{request.listen_addr, request.advertise_addr, request.data_path_addr,
                             context_.default_advertise()};
  BUOY_ASSIGN(Addresses resolved, ResolveAddresses(asked, context_.addresses()));
  LocalState local;
  local.local_addr = resolved.local;
  local.listen_addr = resolved.listen;
  local.advertise_addr = resolved.advertise;
  local.data_path_addr = resolved.data_path;
  return local;
}

Result<std::string> SwarmService::Init(types::SwarmInitRequest request) {
  std::lock_guard control(control_mutex_);
  const auto unchanged = context_.hold_reloads();
  if (IsMember() && !request.force_new_cluster) return Unavailable(kAlreadyInSwarm);
  BUOY_TRY(CompleteInit(request));
  if (IsMember()) return ForceNew(request);
  BUOY_ASSIGN(LocalState local, ResolveLocal(request));
  if (context_.live_restore_forbids()) return Internal(kLiveRestore);
  local.node_id = NewSwarmId();
  auto manager = Manager::Create(files_, local, request, context_.manager);
  if (!manager.ok()) {
    (void)files_.Clear();
    return std::move(manager).error();
  }
  Become(State::kActive, *std::move(manager));
  return local.node_id;
}

// A swarm of this manager alone, with all that the former one knew.
Result<std::string> SwarmService::ForceNew(const types::SwarmInitRequest& request) {
  BUOY_ASSIGN(auto active, ActiveManager());
  BUOY_ASSIGN(LocalState local, ResolveLocal(request));
  local.node_id = active->local().node_id;
  BUOY_ASSIGN(std::string unlock_key, active->UnlockKey());
  active.reset();
  BUOY_TRY(files_.SaveState(local));
  Become(State::kError, nullptr, kPreparing);
  auto manager = Manager::Open(files_, unlock_key, context_.manager);
  if (!manager.ok()) {
    Become(State::kError, nullptr, manager.error().message());
    return std::move(manager).error();
  }
  Become(State::kActive, *std::move(manager));
  return local.node_id;
}

Status SwarmService::Leave(bool force) {
  std::lock_guard control(control_mutex_);
  State state;
  {
    std::lock_guard lock(mutex_);
    state = state_;
  }
  if (state == State::kInactive) return Unavailable(kNotPartOfSwarm);
  auto worker = ActiveWorker();
  const bool member_of_the_store = !worker && state != State::kPending;
  if (!force && member_of_the_store) {
    if (state == State::kLocked) return Unavailable(kLeaveLocked);
    return Unavailable(state == State::kActive ? kLeaveLastManager : kLeaveInactiveManager);
  }
  StopJoining();
  if (worker = ActiveWorker(); worker) worker->SayLeave();
  Become(State::kInactive, nullptr);
  worker.reset();
  return files_.Clear();
}

Status SwarmService::Unlock(const std::string& key) {
  std::lock_guard control(control_mutex_);
  auto active = ActiveManager();
  if (active.ok()) return Conflict(kNotLocked);
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kLocked) return std::move(active).error();
  }
  BUOY_TRY(ParseUnlockKey(key));
  auto manager = Manager::Open(files_, key, context_.manager);
  if (manager.ok()) {
    Become(State::kActive, *std::move(manager));
    return Ok();
  }
  if (manager.error().kind() == ErrorKind::kUnauthorized) return Unauthorized(kInvalidUnlockKey);
  return Internal("swarm component could not be started: " + manager.error().message());
}

}  // namespace buoy::swarm
