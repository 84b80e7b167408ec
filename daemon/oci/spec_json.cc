#include "common/json/codec.h"
#include "daemon/oci/spec_types.h"

namespace buoy::oci {

template <class V>
void Fields(V& v, SpecCapabilities& s) {
  v("bounding", s.bounding, json::kOmitEmpty);
  v("effective", s.effective, json::kOmitEmpty);
  v("permitted", s.permitted, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecRlimit& s) {
  v("type", s.type);
  v("hard", s.hard);
  v("soft", s.soft);
}
template <class V>
void Fields(V& v, SpecBox& s) {
  v("height", s.height);
  v("width", s.width);
}
template <class V>
void Fields(V& v, SpecUser& s) {
  v("uid", s.uid);
  v("gid", s.gid);
  v("additionalGids", s.additional_gids, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecProcess& s) {
  v("terminal", s.terminal, json::kOmitEmpty);
  v("consoleSize", s.console_size, json::kOmitEmpty);
  v("user", s.user);
  v("args", s.args);
  v("env", s.env, json::kOmitEmpty);
  v("cwd", s.cwd);
  v("capabilities", s.capabilities, json::kOmitEmpty);
  v("rlimits", s.rlimits, json::kOmitEmpty);
  v("noNewPrivileges", s.no_new_privileges, json::kOmitEmpty);
  v("apparmorProfile", s.apparmor_profile, json::kOmitEmpty);
  v("oomScoreAdj", s.oom_score_adj, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecRoot& s) {
  v("path", s.path);
  v("readonly", s.readonly, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecMount& s) {
  v("destination", s.destination);
  v("type", s.type, json::kOmitEmpty);
  v("source", s.source, json::kOmitEmpty);
  v("options", s.options, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecDevice& s) {
  v("path", s.path);
  v("type", s.type);
  v("major", s.major);
  v("minor", s.minor);
  v("fileMode", s.file_mode, json::kOmitEmpty);
  v("uid", s.uid, json::kOmitEmpty);
  v("gid", s.gid, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecDeviceRule& s) {
  v("allow", s.allow);
  v("type", s.type, json::kOmitEmpty);
  v("major", s.major, json::kOmitEmpty);
  v("minor", s.minor, json::kOmitEmpty);
  v("access", s.access, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecMemory& s) {
  v("limit", s.limit, json::kOmitEmpty);
  v("reservation", s.reservation, json::kOmitEmpty);
  v("swap", s.swap, json::kOmitEmpty);
  v("swappiness", s.swappiness, json::kOmitEmpty);
  v("disableOOMKiller", s.disable_oom_killer, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecCpu& s) {
  v("shares", s.shares, json::kOmitEmpty);
  v("quota", s.quota, json::kOmitEmpty);
  v("period", s.period, json::kOmitEmpty);
  v("realtimeRuntime", s.realtime_runtime, json::kOmitEmpty);
  v("realtimePeriod", s.realtime_period, json::kOmitEmpty);
  v("cpus", s.cpus, json::kOmitEmpty);
  v("mems", s.mems, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecPids& s) {
  v("limit", s.limit);
}
template <class V>
void Fields(V& v, SpecWeightDevice& s) {
  v("major", s.major);
  v("minor", s.minor);
  v("weight", s.weight);
}
template <class V>
void Fields(V& v, SpecThrottleDevice& s) {
  v("major", s.major);
  v("minor", s.minor);
  v("rate", s.rate);
}
template <class V>
void Fields(V& v, SpecBlockIo& s) {
  v("weight", s.weight, json::kOmitEmpty);
  v("weightDevice", s.weight_device, json::kOmitEmpty);
  v("throttleReadBpsDevice", s.read_bps, json::kOmitEmpty);
  v("throttleWriteBpsDevice", s.write_bps, json::kOmitEmpty);
  v("throttleReadIOPSDevice", s.read_iops, json::kOmitEmpty);
  v("throttleWriteIOPSDevice", s.write_iops, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecResources& s) {
  v("devices", s.devices, json::kOmitEmpty);
  v("memory", s.memory, json::kOmitEmpty);
  v("cpu", s.cpu, json::kOmitEmpty);
  v("pids", s.pids, json::kOmitEmpty);
  v("blockIO", s.block_io, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecNamespace& s) {
  v("type", s.type);
  v("path", s.path, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, SpecLinux& s) {
  v("sysctl", s.sysctl, json::kOmitEmpty);
  v("resources", s.resources);
  v("cgroupsPath", s.cgroups_path, json::kOmitEmpty);
  v("namespaces", s.namespaces);
  v("devices", s.devices, json::kOmitEmpty);
  v("seccomp", s.seccomp, json::kOmitEmpty);
  v("rootfsPropagation", s.rootfs_propagation, json::kOmitEmpty);
  v("maskedPaths", s.masked_paths, json::kOmitEmpty);
  v("readonlyPaths", s.readonly_paths, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, Spec& s) {
  v("ociVersion", s.oci_version);
  v("process", s.process);
  v("root", s.root);
  v("hostname", s.hostname, json::kOmitEmpty);
  v("mounts", s.mounts, json::kOmitEmpty);
  v("annotations", s.annotations, json::kOmitEmpty);
  v("linux", s.linux_part);
}

std::string SpecToJson(const Spec& spec) { return ToJson(spec); }
std::string ProcessToJson(const SpecProcess& process) { return ToJson(process); }
std::string ResourcesToJson(const SpecResources& resources) { return ToJson(resources); }
Result<Spec> SpecFromJson(const std::string& text) { return FromJson<Spec>(text); }

}  // namespace buoy::oci
