#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "daemon/network/netlink.h"
#include "daemon/network/network.h"

namespace buoy::network {

// Makes the bridge device of `network` what it should be, changing only what differs; creates it
// unless it is the user's. Returns its interface index. Also sets the sysctls of the device.
Result<int> EnsureBridge(Netlink& netlink, const Network& network, bool nat_ipv4);
// Deletes the device, unless it is the user's.
Status RemoveBridge(Netlink& netlink, const Network& network);

// ip_forward and its IPv6 counterpart. True = IPv4 forwarding was off before.
Result<bool> EnableForwarding(bool ipv6);

}  // namespace buoy::network
