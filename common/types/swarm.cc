#include "common/types/swarm.h"

#include "common/types/swarm_json.h"

namespace buoy {

BUOY_JSON_TYPE(types::SwarmSpec)
BUOY_JSON_TYPE(types::ClusterInfo)
BUOY_JSON_TYPE(types::Swarm)
BUOY_JSON_TYPE(types::SwarmInitRequest)
BUOY_JSON_TYPE(types::SwarmJoinRequest)
BUOY_JSON_TYPE(types::SwarmUnlockKey)
BUOY_JSON_TYPE(types::SwarmNodeInfo)

}  // namespace buoy
