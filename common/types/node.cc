#include "common/types/node.h"

#include "common/types/swarm_json.h"

namespace buoy {
namespace types {

template <class V>
void Fields(V& v, NodeSpec& s) {
  v.Type("NodeSpec");
  v("Name", s.name, json::kOmitEmpty);
  v("Labels", s.labels);
  v("Role", s.role, json::kOmitEmpty);
  v("Availability", s.availability, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NodePlatform& s) {
  v("Architecture", s.architecture, json::kOmitEmpty);
  v("OS", s.os, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NodeResources& s) {
  v("NanoCPUs", s.nano_cpus, json::kOmitEmpty);
  v("MemoryBytes", s.memory_bytes, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NodePlugin& s) {
  v("Type", s.type, json::kOmitEmpty);
  v("Name", s.name, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NodeEngine& s) {
  v("EngineVersion", s.engine_version, json::kOmitEmpty);
  v("Labels", s.labels, json::kOmitEmpty);
  v("Plugins", s.plugins, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, NodeDescription& s) {
  v("Hostname", s.hostname, json::kOmitEmpty);
  v("Platform", s.platform);
  v("Resources", s.resources);
  v("Engine", s.engine);
  v("TLSInfo", s.tls_info);
}
template <class V>
void Fields(V& v, NodeStatus& s) {
  v("State", s.state, json::kOmitEmpty);
  v("Message", s.message, json::kOmitEmpty);
  v("Addr", s.addr, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ManagerStatus& s) {
  v("Leader", s.leader, json::kOmitEmpty);
  v("Reachability", s.reachability, json::kOmitEmpty);
  v("Addr", s.addr, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, Node& s) {
  v("ID", s.id);
  v("Version", s.version);
  v("CreatedAt", s.created_at);
  v("UpdatedAt", s.updated_at);
  v("Spec", s.spec);
  v("Description", s.description);
  v("Status", s.status);
  v("ManagerStatus", s.manager_status, json::kOmitEmpty);
}

}  // namespace types

BUOY_JSON_TYPE(types::NodeSpec)
BUOY_JSON_TYPE(types::Node)

}  // namespace buoy
