#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/host_config.h"
#include "daemon/oci/spec_types.h"

namespace buoy::oci {

// The rules that every container starts with: nothing but null, zero, full, random, tty, console...
std::vector<SpecDeviceRule> DefaultDeviceRules();

// Adds the devices of HostConfig (all of the host's when privileged) and the rules that allow them.
Status AddDevices(const types::HostConfig& host_config, SpecLinux& linux_part);

// "c 10:200 rwm"; kInvalidArgument "invalid device cgroup rule format: '...'".
Result<SpecDeviceRule> ParseDeviceRule(const std::string& rule);

// Every device node below /dev but those a container gets its own of.
std::vector<SpecDevice> HostDevices(const std::string& dev = "/dev");

}  // namespace buoy::oci
