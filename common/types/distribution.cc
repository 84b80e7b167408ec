#include "common/types/distribution.h"

#include "common/json/codec.h"

namespace buoy::types {

template <class V>
void Fields(V& v, OciDescriptor& s) {
  v.Type("Descriptor");
  v("mediaType", s.media_type, json::kOmitEmpty);
  v("digest", s.digest);
  v("size", s.size);
}
template <class V>
void Fields(V& v, OciPlatform& s) {
  v.Type("Platform");
  v("architecture", s.architecture);
  v("os", s.os);
  v("os.version", s.os_version, json::kOmitEmpty);
  v("os.features", s.os_features, json::kOmitEmpty);
  v("variant", s.variant, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, DistributionInspect& s) {
  v.Type("DistributionInspect");
  v("Descriptor", s.descriptor);
  v("Platforms", s.platforms);
}

}  // namespace buoy::types

namespace buoy {
BUOY_JSON_TYPE(types::DistributionInspect)
}  // namespace buoy
