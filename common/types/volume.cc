#include "common/types/volume.h"

#include "common/types/volume_json.h"

namespace buoy {

BUOY_JSON_TYPE(types::Volume)
BUOY_JSON_TYPE(types::VolumeCreateRequest)
BUOY_JSON_TYPE(types::VolumeList)
BUOY_JSON_TYPE(types::VolumesPruneReport)

}  // namespace buoy
