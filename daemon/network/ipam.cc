#include "daemon/network/ipam.h"

#include <openssl/evp.h>

#include <algorithm>

namespace buoy::network {

using net::IpAddress;
using net::IpPrefix;

AddressPool::AddressPool(IpPrefix subnet, IpPrefix range)
    : subnet_(subnet.Masked()), range_(range.valid() ? range.Masked() : subnet_) {
  // The network's own address, and IPv4's broadcast address, are never handed out (/31 and /32
  // have neither).
  if (subnet_.length() >= subnet_.address().bits() - 1) return;
  used_.insert(subnet_.address());
  if (subnet_.address().is_v4()) used_.insert(subnet_.Last());
}

Status AddressPool::Take(const IpAddress& address) {
  if (!subnet_.Contains(address)) {
    return InvalidArgument("no configured subnet contains IP address " + address.ToString());
  }
  if (!used_.insert(address).second) return Forbidden("Address already in use");
  return Ok();
}

std::optional<IpAddress> AddressPool::LowestFree(const std::set<IpAddress>& avoid) const {
  const IpAddress last = range_.Last();
  IpAddress candidate = range_.address();
  auto used = used_.lower_bound(candidate);
  auto shunned = avoid.lower_bound(candidate);
  while (true) {
    bool taken = false;
    if (used != used_.end() && *used == candidate) {
      taken = true;
      ++used;
    }
    if (shunned != avoid.end() && *shunned == candidate) {
      taken = true;
      ++shunned;
    }
    if (!taken) return candidate;
    if (candidate == last) return std::nullopt;
    candidate = candidate.Plus(1);
  }
}

Result<IpAddress> AddressPool::TakeAny(const std::set<IpAddress>& avoid) {
  auto address = LowestFree(avoid);
  if (!address) address = LowestFree({});
  if (!address) return Conflict("no available addresses in " + subnet_.ToString());
  used_.insert(*address);
  return *address;
}

std::vector<AddressPoolOption> DefaultAddressPools(const IpPrefix& ula) {
  return {{"172.17.0.0/16", 16},  {"172.18.0.0/16", 16}, {"172.19.0.0/16", 16},
          {"172.20.0.0/14", 16},  {"172.24.0.0/14", 16}, {"172.28.0.0/14", 16},
          {"192.168.0.0/16", 20}, {ula.ToString(), 64}};
}

IpPrefix UlaPrefix(const std::string& machine_id) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(machine_id.data(), machine_id.size(), digest, &length, EVP_sha256(), nullptr);
  std::array<uint8_t, 16> bytes{0xfd};
  std::copy(digest, digest + 5, bytes.begin() + 1);
  return IpPrefix(IpAddress::V6(bytes), 48);
}

namespace {

// The address right behind `prefix`; invalid at the end of the address space.
IpAddress Behind(const IpPrefix& prefix) {
  IpAddress next = prefix.Last().Plus(1);
  return next > prefix.address() ? next : IpAddress();
}

// The first /size inside `base` that overlaps nothing taken: jumps from obstacle to obstacle.
std::optional<IpPrefix> FirstFree(const IpPrefix& base, int size,
                                  const std::vector<IpPrefix>& taken) {
  IpPrefix candidate(base.address(), size);
  while (candidate.valid() && base.Contains(candidate.address())) {
    auto obstacle = std::find_if(taken.begin(), taken.end(),
                                 [&](const IpPrefix& other) { return other.Overlaps(candidate); });
    if (obstacle == taken.end()) return candidate;
    const IpPrefix& larger = obstacle->length() < size ? *obstacle : candidate;
    candidate = IpPrefix(Behind(larger.Masked()), size);
  }
  return std::nullopt;
}

}  // namespace

Result<IpPrefix> ChooseSubnet(const std::vector<AddressPoolOption>& pools, bool ipv6,
                              const std::vector<IpPrefix>& taken) {
  for (const AddressPoolOption& pool : pools) {
    BUOY_ASSIGN(IpPrefix base, IpPrefix::Parse(pool.base));
    base = base.Masked();
    if (base.address().is_v6() != ipv6) continue;
    if (pool.size < base.length() || pool.size > base.address().bits()) {
      return InvalidArgument("invalid subnet size " + std::to_string(pool.size) +
                             " for address pool " + pool.base);
    }
    if (auto subnet = FirstFree(base, pool.size, taken)) return *subnet;
  }
  return InvalidArgument("all predefined address pools have been fully subnetted");
}

}  // namespace buoy::network
