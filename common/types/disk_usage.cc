// GET /system/df joins four resources; their own ToJson() writes each part.
#include "common/json/codec.h"
#include "common/types/system.h"

namespace buoy {

BUOY_JSON_EXTERN(types::ImageSummary)
BUOY_JSON_EXTERN(types::ContainerSummary)
BUOY_JSON_EXTERN(types::Volume)

}  // namespace buoy

namespace buoy::types {

template <class V>
void Fields(V& v, DiskUsage& s) {
  json::Raw images{ToJson(s.images)}, containers{ToJson(s.containers)};
  json::Raw volumes{ToJson(s.volumes)}, build_cache{"[]"};
  v("LayersSize", s.layers_size);
  v("Images", images);
  v("Containers", containers);
  v("Volumes", volumes);
  v("BuildCache", build_cache);
  if constexpr (std::is_same_v<V, json::StructDecoder>) {
    if (auto r = FromJson<std::vector<ImageSummary>>(images.text); r.ok()) s.images = *std::move(r);
    if (auto r = FromJson<std::vector<ContainerSummary>>(containers.text); r.ok()) {
      s.containers = *std::move(r);
    }
    if (auto r = FromJson<std::vector<Volume>>(volumes.text); r.ok()) s.volumes = *std::move(r);
  }
}

}  // namespace buoy::types

namespace buoy {

BUOY_JSON_TYPE(types::DiskUsage)

}  // namespace buoy
