#include "daemon/network/ruleset.h"

#include <algorithm>

namespace buoy::network {

namespace {

std::string Quoted(const std::string& name) { return "\"" + name + "\""; }

// Is the address family of this prefix or address wanted?
bool Wanted(const WantedRules& wanted, const net::IpAddress& address) {
  return address.is_v4() ? wanted.ipv4 : wanted.ipv6;
}

void AddSets(const WantedRules& wanted, Ruleset& rules) {
  RulesetSet bridges{"set", {"type ifname"}, {}};
  RulesetSet internal{"set", {"type ifname"}, {}};
  RulesetSet icc{"set", {"type ifname . ifname"}, {}};
  for (const BridgeRules& bridge : wanted.bridges) {
    const std::string name = Quoted(bridge.interface);
    bridges.elements.insert(name);
    if (bridge.internal) internal.elements.insert(name);
    if (bridge.icc) icc.elements.insert(name + " . " + name);
  }
  rules.sets = {{"bridges", bridges}, {"internal", internal}, {"icc", icc}};
}

void AddPortMaps(const WantedRules& wanted, Ruleset& rules) {
  const std::string tail = "inet_proto . inet_service : ";
  rules.sets["ports4"] = {"map", {"type " + tail + "ipv4_addr . inet_service"}, {}};
  rules.sets["addr_ports4"] = {
      "map", {"type ipv4_addr . " + tail + "ipv4_addr . inet_service"}, {}};
  rules.sets["ports6"] = {"map", {"type " + tail + "ipv6_addr . inet_service"}, {}};
  rules.sets["addr_ports6"] = {
      "map", {"type ipv6_addr . " + tail + "ipv6_addr . inet_service"}, {}};
  for (const PortRule& port : wanted.ports) {
    // What NAT cannot do is left to the shim's proxy: another family, and ::1.
    if (port.host_ip.is_v4() != port.container_ip.is_v4()) continue;
    if (port.host_ip.is_v6() && port.host_ip.IsLoopback()) continue;
    if (!Wanted(wanted, port.host_ip)) continue;
    const std::string element =
        std::to_string(port.proto) + " . " + std::to_string(port.host_port) + " : " +
        port.container_ip.ToString() + " . " + std::to_string(port.container_port);
    const char* family = port.host_ip.is_v4() ? "4" : "6";
    if (port.host_ip.IsUnspecified()) {
      rules.sets[std::string("ports") + family].elements.insert(element);
    } else {
      rules.sets[std::string("addr_ports") + family].elements.insert(port.host_ip.ToString() +
                                                                     " . " + element);
    }
  }
}

void AddSourceNat(const WantedRules& wanted, std::vector<std::string>& chain) {
  if (wanted.ipv4) chain.push_back("oifname @bridges ip saddr 127.0.0.0/8 masquerade");
  for (const BridgeRules& bridge : wanted.bridges) {
    if (bridge.internal) continue;
    for (const net::IpPrefix& subnet : bridge.subnets) {
      if (!Wanted(wanted, subnet.address())) continue;
      const bool v4 = subnet.address().is_v4();
      const std::string source =
          (v4 ? "ip saddr " : "ip6 saddr ") + subnet.Masked().ToString() + " oifname ";
      // A container reaching a published port of its own network must see the answer come from
      // where it asked.
      chain.push_back(source + Quoted(bridge.interface) + " ct status dnat masquerade");
      if (!bridge.masquerade) continue;
      const net::IpAddress& snat = v4 ? bridge.snat4 : bridge.snat6;
      const std::string action =
          snat.valid() ? (v4 ? "snat ip to " : "snat ip6 to ") + snat.ToString() : "masquerade";
      chain.push_back(source + "!= " + Quoted(bridge.interface) + " " + action);
    }
  }
}

std::vector<std::string> ForwardChain(const WantedRules& wanted) {
  std::vector<std::string> chain = {"type filter hook forward priority filter; policy accept;"};
  if (!wanted.ipv4) chain.push_back("meta nfproto ipv4 accept");
  if (!wanted.ipv6) chain.push_back("meta nfproto ipv6 accept");
  for (const char* rule : {
           "iifname . oifname @icc accept",
           "iifname @internal drop",
           "oifname @internal drop",
           "ct state established,related accept",
           "oifname @bridges ct status dnat accept",
           "oifname @bridges drop",
           "iifname @bridges accept",
       }) {
    chain.push_back(rule);
  }
  if (wanted.drop_unrelated) chain.push_back("drop");
  return chain;
}

}  // namespace

Ruleset BuildRuleset(const WantedRules& wanted) {
  Ruleset rules;
  if (!wanted.ipv4 && !wanted.ipv6) return rules;
  AddSets(wanted, rules);
  AddPortMaps(wanted, rules);

  // 127/8 is only for the host itself: the bridges have route_localnet on, so that the host can
  // reach published ports through 127.0.0.1, and this keeps everybody else from doing the same.
  rules.chains["raw"] = {"type filter hook prerouting priority raw; policy accept;",
                         "iifname != \"lo\" ip daddr 127.0.0.0/8 drop",
                         "iifname @bridges ip saddr 127.0.0.0/8 drop"};
  rules.chains["ports"] = {"dnat ip to ip daddr . meta l4proto . th dport map @addr_ports4",
                           "dnat ip to meta l4proto . th dport map @ports4", "ip6 daddr ::1 return",
                           "dnat ip6 to ip6 daddr . meta l4proto . th dport map @addr_ports6",
                           "dnat ip6 to meta l4proto . th dport map @ports6"};
  rules.chains["prerouting"] = {"type nat hook prerouting priority dstnat; policy accept;",
                                "fib daddr type local jump ports"};
  rules.chains["output"] = {"type nat hook output priority -100; policy accept;",
                            "fib daddr type local jump ports"};
  auto& postrouting = rules.chains["postrouting"];
  postrouting = {"type nat hook postrouting priority srcnat; policy accept;"};
  AddSourceNat(wanted, postrouting);
  rules.chains["forward"] = ForwardChain(wanted);
  return rules;
}

}  // namespace buoy::network
