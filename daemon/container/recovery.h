#pragma once

#include <set>
#include <string>

#include "daemon/container/engine.h"
#include "daemon/container/execs.h"
#include "daemon/container/lost_shims.h"
#include "daemon/container/recovery_plan.h"

namespace buoy::container {

// The daemon's start and end, for all containers.
class Recovery {
 public:
  Recovery(Engine& engine, Execs& execs) : engine_(engine), execs_(execs) {}

  // Reads the database, finds the shims (in parallel, each with its own time limit), applies what
  // their journals hold. Stops what runs and is not to live on, so that the network can be set up
  // anew. Returns the ids of containers whose init is alive: for NetworkManager::Start.
  // `handed_over`: the daemon was replaced in place, which is no reason to stop or start anything.
  Result<std::set<std::string>> Load(bool handed_over);
  // After the network is up: carries the plan out for each, removes what belongs to nobody, starts
  // by restart policy (in the background).
  void Execute(bool handed_over);
  // The daemon ends. With live-restore nothing but closing; else all are stopped in parallel.
  void Shutdown();

 private:
  void FindShim(const ContainerPtr& container);
  Finding Examine(const ContainerPtr& container);
  void StopIfNotToLive(const ContainerPtr& container);
  void ExecuteOne(const ContainerPtr& container, bool handed_over);
  void StopAndStart(const ContainerPtr& container, bool start);
  void RestoreVolumes();
  void FinishRestart(const ContainerPtr& container);

  Engine& engine_;
  Execs& execs_;
  LostShims lost_shims_;
};

}  // namespace buoy::container
