#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/json/list.h"
#include "common/types/swarm.h"

// A member of the swarm.
namespace buoy::types {

struct NodeSpec {
  std::string name;
  json::Map<std::string> labels;
  std::string role;          // "worker", "manager"
  std::string availability;  // "active", "pause", "drain"
};

struct NodePlatform {
  std::string architecture, os;
};
struct NodeResources {
  int64_t nano_cpus = 0;
  int64_t memory_bytes = 0;
};
struct NodePlugin {
  std::string type, name;
};
struct NodeEngine {
  std::string engine_version;
  json::Map<std::string> labels;
  json::List<NodePlugin> plugins;
};
struct NodeDescription {
  std::string hostname;
  NodePlatform platform;
  NodeResources resources;
  NodeEngine engine;
  SwarmTlsInfo tls_info;
};
struct NodeStatus {
  std::string state;  // "ready", "down", "unknown", "disconnected"
  std::string message;
  std::string addr;
};
struct ManagerStatus {
  bool leader = false;
  std::string reachability;  // "reachable", "unreachable", "unknown"
  std::string addr;
};

struct Node {
  std::string id;
  ObjectVersion version;
  std::string created_at, updated_at;
  NodeSpec spec;
  NodeDescription description;
  NodeStatus status;
  std::optional<ManagerStatus> manager_status;
};

}  // namespace buoy::types
