#include "common/types/host_config.h"

#include "common/types/host_config_json.h"

namespace buoy {

BUOY_JSON_TYPE(types::HostConfig)
BUOY_JSON_TYPE(types::PortBinding)
BUOY_JSON_TYPE(types::PortMap)
BUOY_JSON_TYPE(types::Resources)
BUOY_JSON_TYPE(types::Ulimit)

}  // namespace buoy
