#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/net/ip.h"

// The packet filter as a value: what is wanted -> the nftables table -> the commands that turn one
// table into another. Nothing here talks to the kernel; nft.h does.
namespace buoy::network {

inline constexpr const char* kTableName = "buoy";

struct BridgeRules {
  std::string interface;
  std::vector<net::IpPrefix> subnets;  // IPv4 and IPv6
  bool internal = false;               // no way in or out
  bool icc = true;                     // its containers may talk to each other
  bool masquerade = true;              // hide the containers' addresses from the outside
  net::IpAddress snat4, snat6;         // valid: this source address in place of masquerading
};

struct PortRule {
  int proto = 0;  // IPPROTO_TCP ...
  net::IpAddress host_ip;
  uint16_t host_port = 0;
  net::IpAddress container_ip;
  uint16_t container_port = 0;
};

struct WantedRules {
  bool ipv4 = true;
  bool ipv6 = true;
  // This daemon switched ip_forward on: traffic that is none of ours stays unforwarded.
  bool drop_unrelated = false;
  std::vector<BridgeRules> bridges;
  std::vector<PortRule> ports;
};

struct RulesetSet {
  std::string type;  // "set" or "map"
  std::vector<std::string> spec;
  std::set<std::string> elements;  // of a map "key : value"
  bool operator==(const RulesetSet&) const = default;
};

// One table in the canonical form in which nft lists it with numeric protocols.
struct Ruleset {
  std::map<std::string, RulesetSet> sets;
  std::map<std::string, std::vector<std::string>> chains;
  bool operator==(const Ruleset&) const = default;

  bool empty() const { return sets.empty() && chains.empty(); }
  // What `nft -f` takes to create the table from nothing.
  std::string ToText() const;
};

Ruleset BuildRuleset(const WantedRules& wanted);

// Reads `nft list table inet buoy`.
Ruleset ParseRuleset(std::string_view listing);

// The nft commands, to be run as one transaction, that turn `from` into `to`: element changes where
// only elements differ, else the whole table anew. Empty when they are equal. An empty `from` means
// that the table may or may not exist.
std::string Transition(const Ruleset& from, const Ruleset& to);

}  // namespace buoy::network
