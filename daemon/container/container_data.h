#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/types/container.h"
#include "daemon/container/state.h"
#include "daemon/oci/mounts.h"

namespace buoy::container {

// What the database keeps of a container: a plain value.
struct ContainerData {
  std::string id;
  std::string name;  // without slash
  int64_t created_ns = 0;
  std::string image_id;  // sha256:...; empty = none
  types::ContainerConfig config;
  types::HostConfig host_config;
  // Wishes and, while it runs, facts.
  types::NetworkSettings network;
  std::vector<oci::MountPlan> mounts;

  // `details`: decided at create.
  std::string driver;  // of the storage
  std::string platform = "linux";
  std::map<std::string, std::string> links;  // alias -> id of the linked container

  // The state as last known.
  State state = State::kCreated;
  int pid = 0;
  uint64_t pid_start = 0;
  int exit_code = 0;
  std::string error;
  bool oom_killed = false;
  int64_t started_ns = 0;   // 0 = never
  int64_t finished_ns = 0;  // 0 = never
  int restart_count = 0;
  bool has_been_started = false;
  bool manually_stopped = false;
  bool restart_pending = false;  // a user's restart was begun; set until it runs again
  std::string boot_id;           // of the boot in which it was last started
  uint64_t journal_seq = 0;      // last record of the shim's journal applied

  std::string ShortId() const { return id.substr(0, 12); }
};

// State changes that records, stop and recovery share; times stay 0 when unknown.
void MarkStopped(ContainerData& data, State state, int exit_code, int64_t time_ns);
// Forgets addresses, ports, sandbox; keeps the wishes and network ids.
void ClearNetworkFacts(types::NetworkSettings& network);

}  // namespace buoy::container
