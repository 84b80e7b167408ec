#include "common/gotime/time.h"
#include "common/json/json.h"
#include "daemon/swarm/cluster_record.h"

namespace buoy::swarm {

std::string NowText() { return gotime::FormatRfc3339Nano(gotime::Now()); }

std::string NodeKey(const std::string& id) { return kNodesPrefix + id; }

std::string EncodeNode(types::Node node) {
  node.version = {};
  return ToJson(node);
}

Result<types::Node> DecodeNode(const StoreEntry& entry) {
  BUOY_ASSIGN_CONTEXT(auto node, FromJson<types::Node>(entry.value), "swarm store: " + entry.key);
  node.version.index = static_cast<uint64_t>(entry.revision);
  return node;
}

}  // namespace buoy::swarm
