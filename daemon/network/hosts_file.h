#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/net/ip.h"
#include "common/result/result.h"

namespace buoy::network {

struct HostsRecord {
  std::string address;
  std::string names;  // blank-separated
};

// Docker's /etc/hosts: the loopback lines, `extra` (--add-host, links), then the container's own
// addresses. Without `ipv6` all IPv6 lines are left out.
std::string HostsFile(const std::vector<HostsRecord>& extra, const std::vector<HostsRecord>& own,
                      bool ipv6);

// "FQDN SHORT" or "NAME" of a container.
std::string HostsNames(const std::string& hostname, const std::string& domainname);

// --add-host values ("name:address", "name:host-gateway") as records; `gateways` stand for
// host-gateway. InvalidArgument: `invalid IP address in add-host: "x"`,
// `bad format for add-host: "x"`; "unable to derive the IP value for host-gateway".
Result<std::vector<HostsRecord>> ParseExtraHosts(const std::vector<std::string>& extra_hosts,
                                                 const std::vector<std::string>& gateways);

}  // namespace buoy::network
