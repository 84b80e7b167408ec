#include "common/json/codec.h"
#include "daemon/oci/mounts.h"

namespace buoy::oci {

template <class V>
void Fields(V& v, MountPlan& s) {
  v("Type", s.type);
  v("Name", s.name, json::kOmitEmpty);
  v("Source", s.source, json::kOmitEmpty);
  v("Chain", s.chain_id, json::kOmitEmpty);
  v("Destination", s.destination);
  v("Driver", s.driver, json::kOmitEmpty);
  v("Mode", s.mode, json::kOmitEmpty);
  v("RW", s.rw);
  v("Propagation", s.propagation, json::kOmitEmpty);
  v("ExplicitPropagation", s.explicit_propagation, json::kOmitEmpty);
  v("CopyData", s.copy_data, json::kOmitEmpty);
  v("CreateSource", s.create_source, json::kOmitEmpty);
  v("Anonymous", s.anonymous, json::kOmitEmpty);
  v("FromMounts", s.from_api_mounts, json::kOmitEmpty);
  v("NonRecursive", s.non_recursive, json::kOmitEmpty);
  v("ReadOnlyNonRecursive", s.read_only_non_recursive, json::kOmitEmpty);
  v("ReadOnlyForceRecursive", s.read_only_force_recursive, json::kOmitEmpty);
  v("Subpath", s.subpath, json::kOmitEmpty);
  v("TmpfsOptions", s.tmpfs_options, json::kOmitEmpty);
  v("DriverOpts", s.driver_opts, json::kOmitEmpty);
  v("Labels", s.labels, json::kOmitEmpty);
}

std::string EncodeMounts(const std::vector<MountPlan>& mounts) { return ToJson(mounts); }

Result<std::vector<MountPlan>> DecodeMounts(const std::string& text) {
  return FromJson<std::vector<MountPlan>>(text);
}

}  // namespace buoy::oci
