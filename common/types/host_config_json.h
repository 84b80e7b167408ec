#pragma once

// Fields() of host_config.h, for the .cc files whose structs contain them.
#include "common/json/codec.h"
#include "common/types/host_config.h"

namespace buoy::types {

template <class V>
void Fields(V& v, PortBinding& s) {
  v.Type("PortBinding");
  v("HostIp", s.host_ip);
  v("HostPort", s.host_port);
}
template <class V>
void Fields(V& v, RestartPolicy& s) {
  v.Type("RestartPolicy");
  v("Name", s.name);
  v("MaximumRetryCount", s.maximum_retry_count);
}
template <class V>
void Fields(V& v, LogConfig& s) {
  v.Type("LogConfig");
  v("Type", s.type);
  v("Config", s.config);
}
template <class V>
void Fields(V& v, WeightDevice& s) {
  v.Type("WeightDevice");
  v("Path", s.path);
  v("Weight", s.weight);
}
template <class V>
void Fields(V& v, ThrottleDevice& s) {
  v.Type("ThrottleDevice");
  v("Path", s.path);
  v("Rate", s.rate);
}
template <class V>
void Fields(V& v, DeviceMapping& s) {
  v.Type("DeviceMapping");
  v("PathOnHost", s.path_on_host);
  v("PathInContainer", s.path_in_container);
  v("CgroupPermissions", s.cgroup_permissions);
}
template <class V>
void Fields(V& v, DeviceRequest& s) {
  v.Type("DeviceRequest");
  v("Driver", s.driver);
  v("Count", s.count);
  v("DeviceIDs", s.device_ids);
  v("Capabilities", s.capabilities);
  v("Options", s.options);
}
template <class V>
void Fields(V& v, Ulimit& s) {
  v.Type("Ulimit");
  v("Name", s.name);
  v("Hard", s.hard);
  v("Soft", s.soft);
}
template <class V>
void Fields(V& v, Resources& s) {
  v.Type("Resources");
  v("CpuShares", s.cpu_shares);
  v("Memory", s.memory);
  v("NanoCpus", s.nano_cpus);
  v("CgroupParent", s.cgroup_parent);
  v("BlkioWeight", s.blkio_weight);
  v("BlkioWeightDevice", s.blkio_weight_device);
  v("BlkioDeviceReadBps", s.blkio_device_read_bps);
  v("BlkioDeviceWriteBps", s.blkio_device_write_bps);
  v("BlkioDeviceReadIOps", s.blkio_device_read_iops);
  v("BlkioDeviceWriteIOps", s.blkio_device_write_iops);
  v("CpuPeriod", s.cpu_period);
  v("CpuQuota", s.cpu_quota);
  v("CpuRealtimePeriod", s.cpu_realtime_period);
  v("CpuRealtimeRuntime", s.cpu_realtime_runtime);
  v("CpusetCpus", s.cpuset_cpus);
  v("CpusetMems", s.cpuset_mems);
  v("Devices", s.devices);
  v("DeviceCgroupRules", s.device_cgroup_rules);
  v("DeviceRequests", s.device_requests);
  v("MemoryReservation", s.memory_reservation);
  v("MemorySwap", s.memory_swap);
  v("MemorySwappiness", s.memory_swappiness);
  v("OomKillDisable", s.oom_kill_disable);
  v("PidsLimit", s.pids_limit);
  v("Ulimits", s.ulimits);
  v("CpuCount", s.cpu_count);
  v("CpuPercent", s.cpu_percent);
  v("IOMaximumIOps", s.io_maximum_iops);
  v("IOMaximumBandwidth", s.io_maximum_bandwidth);
}
template <class V>
void Fields(V& v, BindOptions& s) {
  v.Type("BindOptions");
  v("Propagation", s.propagation, json::kOmitEmpty);
  v("NonRecursive", s.non_recursive, json::kOmitEmpty);
  v("CreateMountpoint", s.create_mountpoint, json::kOmitEmpty);
  v("ReadOnlyNonRecursive", s.read_only_non_recursive, json::kOmitEmpty);
  v("ReadOnlyForceRecursive", s.read_only_force_recursive, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, MountDriver& s) {
  v.Type("Driver");
  v("Name", s.name, json::kOmitEmpty);
  v("Options", s.options, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, VolumeOptions& s) {
  v.Type("VolumeOptions");
  v("NoCopy", s.no_copy, json::kOmitEmpty);
  v("Labels", s.labels, json::kOmitEmpty);
  v("Subpath", s.subpath, json::kOmitEmpty);
  v("DriverConfig", s.driver_config, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, ImageMountOptions& s) {
  v.Type("ImageOptions");
  v("Subpath", s.subpath, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, TmpfsOptions& s) {
  v.Type("TmpfsOptions");
  v("SizeBytes", s.size_bytes, json::kOmitEmpty);
  v("Mode", s.mode, json::kOmitEmpty);
  v("Options", s.options, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, Mount& s) {
  v.Type("Mount");
  v("Type", s.type, json::kOmitEmpty);
  v("Source", s.source, json::kOmitEmpty);
  v("Target", s.target, json::kOmitEmpty);
  v("ReadOnly", s.read_only, json::kOmitEmpty);
  v("Consistency", s.consistency, json::kOmitEmpty);
  v("BindOptions", s.bind_options, json::kOmitEmpty);
  v("VolumeOptions", s.volume_options, json::kOmitEmpty);
  v("ImageOptions", s.image_options, json::kOmitEmpty);
  v("TmpfsOptions", s.tmpfs_options, json::kOmitEmpty);
}
template <class V>
void Fields(V& v, HostConfig& s) {
  v.Type("HostConfig");
  v("Binds", s.binds);
  v("ContainerIDFile", s.container_id_file);
  v("LogConfig", s.log_config);
  v("NetworkMode", s.network_mode);
  v("PortBindings", s.port_bindings);
  v("RestartPolicy", s.restart_policy);
  v("AutoRemove", s.auto_remove);
  v("VolumeDriver", s.volume_driver);
  v("VolumesFrom", s.volumes_from);
  v("ConsoleSize", s.console_size);
  v("Annotations", s.annotations, json::kOmitEmpty);
  v("CapAdd", s.cap_add);
  v("CapDrop", s.cap_drop);
  v("CgroupnsMode", s.cgroupns_mode);
  v("Dns", s.dns);
  v("DnsOptions", s.dns_options);
  v("DnsSearch", s.dns_search);
  v("ExtraHosts", s.extra_hosts);
  v("GroupAdd", s.group_add);
  v("IpcMode", s.ipc_mode);
  v("Cgroup", s.cgroup);
  v("Links", s.links);
  v("OomScoreAdj", s.oom_score_adj);
  v("PidMode", s.pid_mode);
  v("Privileged", s.privileged);
  v("PublishAllPorts", s.publish_all_ports);
  v("ReadonlyRootfs", s.readonly_rootfs);
  v("SecurityOpt", s.security_opt);
  v("StorageOpt", s.storage_opt, json::kOmitEmpty);
  v("Tmpfs", s.tmpfs, json::kOmitEmpty);
  v("UTSMode", s.uts_mode);
  v("UsernsMode", s.userns_mode);
  v("ShmSize", s.shm_size);
  v("Sysctls", s.sysctls, json::kOmitEmpty);
  v("Runtime", s.runtime, json::kOmitEmpty);
  v("Isolation", s.isolation);
  Fields(v, s.resources);
  v.Type("HostConfig");
  v("Mounts", s.mounts, json::kOmitEmpty);
  v("MaskedPaths", s.masked_paths);
  v("ReadonlyPaths", s.readonly_paths);
  v("Init", s.init, json::kOmitEmpty);
}

}  // namespace buoy::types
