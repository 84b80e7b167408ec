#pragma once

// Fields() of volume.h.
#include "common/json/codec.h"
#include "common/types/volume.h"

namespace buoy::types {

template <class V>
void Fields(V& v, VolumeUsageData& s) {
  v("RefCount", s.ref_count);
  v("Size", s.size);
}
template <class V>
void Fields(V& v, Volume& s) {
  v("CreatedAt", s.created_at, json::kOmitEmpty);
  v("Driver", s.driver);
  v("Labels", s.labels);
  v("Mountpoint", s.mountpoint);
  v("Name", s.name);
  v("Options", s.options);
  v("Scope", s.scope);
  v("Status", s.status, json::kOmitEmpty);
  v("UsageData", s.usage_data, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, VolumeCreateRequest& s) {
  v.Type("CreateOptions");
  v("Name", s.name);
  v("Driver", s.driver);
  v("DriverOpts", s.driver_opts);
  v("Labels", s.labels);
}
template <class V>
void Fields(V& v, VolumeList& s) {
  v("Volumes", s.volumes);
  v("Warnings", s.warnings);
}
template <class V>
void Fields(V& v, VolumesPruneReport& s) {
  v("VolumesDeleted", s.volumes_deleted);
  v("SpaceReclaimed", s.space_reclaimed);
}

}  // namespace buoy::types
