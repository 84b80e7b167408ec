#include "daemon/network/ruleset.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>

namespace buoy::network {
namespace {

net::IpAddress Ip(const char* text) { return *net::IpAddress::Parse(text); }
net::IpPrefix Net(const char* text) { return *net::IpPrefix::Parse(text); }

WantedRules OneBridge() {
  WantedRules wanted;
  wanted.bridges = {{"docker0", {Net("172.17.0.0/16"), Net("fd00::/64")}}};
  return wanted;
}
PortRule Published(const char* host_ip, uint16_t host_port, const char* container_ip) {
  return {IPPROTO_TCP, Ip(host_ip), host_port, Ip(container_ip), 80};
}
bool Has(const Ruleset& rules, const std::string& chain, const std::string& rule) {
  const auto& list = rules.chains.at(chain);
  return std::find(list.begin(), list.end(), rule) != list.end();
}

TEST(BuildRuleset, PublishedPorts) {
  WantedRules wanted = OneBridge();
  wanted.ports = {Published("0.0.0.0", 8080, "172.17.0.2"), Published("::", 8080, "fd00::2"),
                  Published("127.0.0.1", 81, "172.17.0.3"), Published("10.0.0.1", 82, "172.17.0.3"),
                  Published("fd01::5", 83, "fd00::3")};
  Ruleset rules = BuildRuleset(wanted);
  EXPECT_EQ(rules.sets["ports4"].elements, std::set<std::string>{"6 . 8080 : 172.17.0.2 . 80"});
  EXPECT_EQ(rules.sets["ports6"].elements, std::set<std::string>{"6 . 8080 : fd00::2 . 80"});
  EXPECT_EQ(rules.sets["addr_ports4"].elements,
            (std::set<std::string>{"127.0.0.1 . 6 . 81 : 172.17.0.3 . 80",
                                   "10.0.0.1 . 6 . 82 : 172.17.0.3 . 80"}));
  EXPECT_EQ(rules.sets["addr_ports6"].elements,
            std::set<std::string>{"fd01::5 . 6 . 83 : fd00::3 . 80"});
}

TEST(BuildRuleset, LeavesToTheProxyWhatNatCannotDo) {
  WantedRules wanted = OneBridge();
  wanted.ports = {Published("::", 8080, "172.17.0.2"), Published("::1", 8080, "fd00::2")};
  Ruleset rules = BuildRuleset(wanted);
  for (const auto& [name, set] : rules.sets) {
    if (set.type == "map") {
      EXPECT_TRUE(set.elements.empty()) << name;
    }
  }
}

TEST(BuildRuleset, Masquerading) {
  WantedRules wanted = OneBridge();
  Ruleset rules = BuildRuleset(wanted);
  EXPECT_TRUE(
      Has(rules, "postrouting", "ip saddr 172.17.0.0/16 oifname != \"docker0\" masquerade"));
  EXPECT_TRUE(Has(rules, "postrouting", "ip6 saddr fd00::/64 oifname != \"docker0\" masquerade"));
  EXPECT_TRUE(Has(rules, "postrouting",
                  "ip saddr 172.17.0.0/16 oifname \"docker0\" ct status dnat masquerade"));
  wanted.bridges[0].snat4 = Ip("10.0.0.9");
  EXPECT_TRUE(Has(BuildRuleset(wanted), "postrouting",
                  "ip saddr 172.17.0.0/16 oifname != \"docker0\" snat ip to 10.0.0.9"));
  wanted.bridges[0].masquerade = false;
  rules = BuildRuleset(wanted);
  for (const std::string& rule : rules.chains["postrouting"]) {
    EXPECT_EQ(rule.find("!="), std::string::npos) << rule;
  }
}

TEST(BuildRuleset, IccOffAndInternal) {
  WantedRules wanted = OneBridge();
  wanted.bridges[0].icc = false;
  wanted.bridges.push_back({"br-1", {Net("172.18.0.0/16")}, true});
  Ruleset rules = BuildRuleset(wanted);
  EXPECT_EQ(rules.sets["icc"].elements, std::set<std::string>{"\"br-1\" . \"br-1\""});
  EXPECT_EQ(rules.sets["internal"].elements, std::set<std::string>{"\"br-1\""});
  EXPECT_EQ(rules.sets["bridges"].elements.size(), 2u);
  for (const std::string& rule : rules.chains["postrouting"]) {
    EXPECT_EQ(rule.find("172.18"), std::string::npos) << rule;
  }
}

TEST(BuildRuleset, OneFamilyOrNone) {
  WantedRules wanted = OneBridge();
  wanted.ports = {Published("::", 8080, "fd00::2"), Published("0.0.0.0", 8080, "172.17.0.2")};
  wanted.ipv6 = false;
  Ruleset rules = BuildRuleset(wanted);
  EXPECT_TRUE(rules.sets["ports6"].elements.empty());
  EXPECT_FALSE(rules.sets["ports4"].elements.empty());
  EXPECT_TRUE(Has(rules, "forward", "meta nfproto ipv6 accept"));
  wanted.ipv4 = false;
  EXPECT_TRUE(BuildRuleset(wanted).empty());
}

TEST(BuildRuleset, ForwardingOnlyForUs) {
  WantedRules wanted = OneBridge();
  EXPECT_FALSE(Has(BuildRuleset(wanted), "forward", "drop"));
  wanted.drop_unrelated = true;
  EXPECT_EQ(BuildRuleset(wanted).chains["forward"].back(), "drop");
}

TEST(ParseRuleset, ReadsWhatItPrints) {
  WantedRules wanted = OneBridge();
  wanted.ports = {Published("0.0.0.0", 8080, "172.17.0.2"), Published("0.0.0.0", 81, "172.17.0.3")};
  Ruleset rules = BuildRuleset(wanted);
  EXPECT_EQ(ParseRuleset(rules.ToText()), rules);
}

TEST(ParseRuleset, ElementsOverSeveralLines) {
  Ruleset rules = ParseRuleset(
      "table inet buoy {\n\tset bridges {\n\t\ttype ifname\n\t\telements = { \"docker0\",\n"
      "\t\t\t     \"br-1\" }\n\t}\n\n\tchain raw {\n\t\tdrop\n\t}\n}\n");
  EXPECT_EQ(rules.sets["bridges"].elements, (std::set<std::string>{"\"br-1\"", "\"docker0\""}));
  EXPECT_EQ(rules.sets["bridges"].spec, std::vector<std::string>{"type ifname"});
  EXPECT_EQ(rules.chains["raw"], std::vector<std::string>{"drop"});
}

TEST(Transition, OnlyWhatChanged) {
  WantedRules wanted = OneBridge();
  wanted.ports = {Published("0.0.0.0", 80, "172.17.0.2")};
  Ruleset before = BuildRuleset(wanted);
  EXPECT_EQ(Transition(before, before), "");
  wanted.ports = {Published("0.0.0.0", 81, "172.17.0.2")};
  EXPECT_EQ(Transition(before, BuildRuleset(wanted)),
            "delete element inet buoy ports4 { 6 . 80 }\n"
            "add element inet buoy ports4 { 6 . 81 : 172.17.0.2 . 80 }\n");
  wanted.bridges[0].masquerade = false;
  EXPECT_EQ(Transition(before, BuildRuleset(wanted)).find("add table inet buoy\ndelete table"), 0u);
  EXPECT_EQ(Transition({}, before).find("add table inet buoy\ndelete table"), 0u);
  EXPECT_EQ(Transition(before, {}), "delete table inet buoy\n");
  EXPECT_EQ(Transition({}, {}), "");
}

}  // namespace
}  // namespace buoy::network
