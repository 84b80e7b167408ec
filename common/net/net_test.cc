#include <gtest/gtest.h>

#include "common/net/ip.h"
#include "common/net/port.h"

namespace buoy::net {
namespace {

IpAddress Ip(const char* text) { return *IpAddress::Parse(text); }
IpPrefix Net(const char* text) { return *IpPrefix::Parse(text); }

TEST(IpAddress, ParsesAndPrints) {
  for (const char* text : {"0.0.0.0", "172.17.0.2", "255.255.255.255", "::", "::1", "fd00::1:2"}) {
    EXPECT_EQ(Ip(text).ToString(), text);
  }
  EXPECT_EQ(Ip("::ffff:10.0.0.1").ToString(), "10.0.0.1");
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "fe80::1%eth0", "[::1]", "a"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
}

TEST(IpAddress, KnowsItsClass) {
  EXPECT_TRUE(Ip("127.0.0.53").IsLoopback());
  EXPECT_TRUE(Ip("::1").IsLoopback());
  EXPECT_FALSE(Ip("128.0.0.1").IsLoopback());
  EXPECT_TRUE(Ip("::").IsUnspecified());
  EXPECT_TRUE(Ip("fe80::1").IsLinkLocal());
  EXPECT_TRUE(Ip("ff02::1").IsMulticast());
}

TEST(IpAddress, Arithmetic) {
  EXPECT_EQ(Ip("10.0.0.255").Plus(2).ToString(), "10.0.1.1");
  EXPECT_EQ(Ip("fd00::ffff").Plus(1).ToString(), "fd00::1:0");
  EXPECT_EQ(Ip("10.0.1.1").Minus(Ip("10.0.0.255")), 2u);
  EXPECT_EQ(Ip("fd01::").Minus(Ip("fd00::")), UINT64_MAX);
  EXPECT_LT(Ip("10.0.0.9"), Ip("10.0.0.10"));
  EXPECT_LT(Ip("255.0.0.1"), Ip("::"));
}

TEST(IpPrefix, ContainsAndOverlaps) {
  EXPECT_EQ(Net("172.17.5.9/16").Masked().ToString(), "172.17.0.0/16");
  EXPECT_EQ(Net("172.17.0.0/16").Last().ToString(), "172.17.255.255");
  EXPECT_EQ(Net("fd00::/64").Last().ToString(), "fd00::ffff:ffff:ffff:ffff");
  EXPECT_TRUE(Net("172.17.0.0/16").Contains(Ip("172.17.255.1")));
  EXPECT_FALSE(Net("172.17.0.0/16").Contains(Ip("172.18.0.1")));
  EXPECT_FALSE(Net("0.0.0.0/0").Contains(Ip("::1")));
  EXPECT_TRUE(Net("10.0.0.0/8").Overlaps(Net("10.9.0.0/16")));
  EXPECT_TRUE(Net("10.9.0.0/16").Overlaps(Net("10.0.0.0/8")));
  EXPECT_FALSE(Net("10.9.0.0/16").Overlaps(Net("10.8.0.0/16")));
  EXPECT_EQ(IpPrefix::Parse("10.0.0.0/33").error().message(), "invalid CIDR address: 10.0.0.0/33");
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.0").ok());
}

TEST(Mac, RoundTrip) {
  EXPECT_EQ(MacFromIpv4(Ip("172.17.0.2")), "02:42:ac:11:00:02");
  EXPECT_EQ(FormatMac(*ParseMac("92-D0-C6-0A-29-33")), "92:d0:c6:0a:29:33");
  for (const char* text : {"", "92:d0:c6:0a:29", "92:d0:c6:0a:29:3g", "92:d0-c6:0a:29:33"}) {
    EXPECT_FALSE(ParseMac(text)) << text;
  }
}

TEST(Port, Parses) {
  EXPECT_EQ(Port::Parse("80")->ToString(), "80/tcp");
  EXPECT_EQ(Port::Parse("53/UDP")->ToString(), "53/udp");
  EXPECT_FALSE(Port::Parse("x/tcp").ok());
  EXPECT_FALSE(Port::Parse("70000").ok());
  EXPECT_FALSE(Port::Parse("80/icmp").ok());
}

TEST(PortRange, Parses) {
  EXPECT_TRUE(PortRange::Parse("")->any());
  EXPECT_TRUE(PortRange::Parse("8080")->single());
  EXPECT_EQ(PortRange::Parse("8000-8010")->last, 8010);
  EXPECT_FALSE(PortRange::Parse("9-8").ok());
  EXPECT_FALSE(PortRange::Parse("-8").ok());
}

}  // namespace
}  // namespace buoy::net
