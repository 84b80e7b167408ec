#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/oci/spec.h"
#include "daemon/oci/spec_types.h"

// The pieces BuildSpec() is made of; internal to daemon/oci.
namespace buoy::oci {

// --- spec_process.cc ---
Result<SpecProcess> BuildProcess(const SpecInput& input, const SecurityOptions& security);
// True when the container gets /sbin/docker-init as pid 1.
bool WantsInit(const types::HostConfig& host_config, const HostSettings& host);
inline constexpr char kInitInContainer[] = "/sbin/docker-init";

// --- spec_mounts.cc ---
Status FillMounts(const SpecInput& input, const SecurityOptions& security, Spec& spec);
// Later options win over earlier ones of their kind; kInvalidArgument for unknown ones.
Result<std::vector<std::string>> MergeTmpfsOptions(const std::vector<std::string>& options);

// --- spec_propagation.cc ---
// Checks that the source is mounted as the propagation needs, and raises the root's propagation.
Status ApplyPropagation(const MountPlan& mount, const std::string& data_root,
                        SpecLinux& linux_part);

// --- spec_namespaces.cc ---
void FillNamespaces(const SpecInput& input, Spec& spec);
Status FillSysctls(const SpecInput& input, Spec& spec);

}  // namespace buoy::oci
