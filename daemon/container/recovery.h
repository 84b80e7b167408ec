#pragma once

#include <set>
#include <string>

#include "daemon/container/engine.h"
#include "daemon/container/execs.h"

namespace buoy::container {

// The daemon's start and end, for all containers.
class Recovery {
 public:
  Recovery(Engine& engine, Execs& execs) : engine_(engine), execs_(execs) {}

  // Reads the database, finds the shims (in parallel, each with its own time limit), applies what
  // their journals hold. Returns the ids of containers whose init is alive: for
  // NetworkManager::Start.
  Result<std::set<std::string>> Load();
  // After the network is up: carries the plan out for each, removes what belongs to nobody, starts
  // by restart policy (in the background).
  void Execute();
  // The daemon ends. With live-restore nothing but closing; else all are stopped in parallel.
  void Shutdown();

 private:
  void FindShim(const ContainerPtr& container);
  void ExecuteOne(const ContainerPtr& container);
  void StopAndStart(const ContainerPtr& container, bool start);
  void CollectLeftovers();
  void StartByPolicy(const ContainerPtr& container);

  Engine& engine_;
  Execs& execs_;
};

}  // namespace buoy::container
