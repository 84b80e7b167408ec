#include "daemon/network/ipam.h"

#include <gtest/gtest.h>

namespace buoy::network {
namespace {

using net::IpAddress;
using net::IpPrefix;

IpAddress Ip(const char* text) { return *IpAddress::Parse(text); }
IpPrefix Net(const char* text) { return *IpPrefix::Parse(text); }

TEST(AddressPool, TakesTheLowestFree) {
  AddressPool pool(Net("10.0.0.0/29"));
  EXPECT_TRUE(pool.Take(Ip("10.0.0.1")).ok());
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.2");
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.3");
  pool.Release(Ip("10.0.0.2"));
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.2");
}

TEST(AddressPool, NeverHandsOutNetworkAndBroadcast) {
  AddressPool pool(Net("10.0.0.0/30"));
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.1");
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.2");
  EXPECT_FALSE(pool.TakeAny().ok());
  EXPECT_FALSE(pool.Take(Ip("10.0.0.3")).ok());
  AddressPool host(Net("10.0.0.9/32"));
  EXPECT_EQ(host.TakeAny()->ToString(), "10.0.0.9");
}

TEST(AddressPool, AvoidsWhatStoppedContainersHadWhileItCan) {
  AddressPool pool(Net("10.0.0.0/30"));
  std::set<IpAddress> avoid = {Ip("10.0.0.1")};
  EXPECT_EQ(pool.TakeAny(avoid)->ToString(), "10.0.0.2");
  EXPECT_EQ(pool.TakeAny(avoid)->ToString(), "10.0.0.1");
}

TEST(AddressPool, RefusesForeignAndTakenAddresses) {
  AddressPool pool(Net("10.0.0.0/24"), Net("10.0.0.128/25"));
  EXPECT_EQ(pool.TakeAny()->ToString(), "10.0.0.128");
  EXPECT_TRUE(pool.Take(Ip("10.0.0.5")).ok());
  EXPECT_EQ(pool.Take(Ip("10.0.0.5")).error().message(), "Address already in use");
  EXPECT_EQ(pool.Take(Ip("10.0.1.5")).error().message(),
            "no configured subnet contains IP address 10.0.1.5");
}

TEST(AddressPool, Ipv6) {
  AddressPool pool(Net("fd00::/64"));
  EXPECT_EQ(pool.TakeAny()->ToString(), "fd00::1");
  EXPECT_TRUE(pool.Take(Ip("fd00::ffff:ffff:ffff:ffff")).ok());
}

TEST(ChooseSubnet, SkipsWhatOverlaps) {
  auto pools = DefaultAddressPools(UlaPrefix("x"));
  EXPECT_EQ(ChooseSubnet(pools, false, {})->ToString(), "172.17.0.0/16");
  EXPECT_EQ(ChooseSubnet(pools, false, {Net("172.17.3.0/24")})->ToString(), "172.18.0.0/16");
  EXPECT_EQ(ChooseSubnet(pools, false, {Net("172.16.0.0/12")})->ToString(), "192.168.0.0/20");
  EXPECT_EQ(ChooseSubnet(pools, false, {Net("172.16.0.0/12"), Net("192.168.1.0/24")})->ToString(),
            "192.168.16.0/20");
  EXPECT_EQ(ChooseSubnet(pools, false, {Net("0.0.0.0/0")}).error().message(),
            "all predefined address pools have been fully subnetted");
}

TEST(ChooseSubnet, AllOfTheDefaultPools) {
  auto pools = DefaultAddressPools(UlaPrefix("x"));
  std::vector<IpPrefix> taken;
  while (true) {
    auto subnet = ChooseSubnet(pools, false, taken);
    if (!subnet.ok()) break;
    taken.push_back(*subnet);
  }
  EXPECT_EQ(taken.size(), 15u + 16u);
}

TEST(ChooseSubnet, Ipv6IsStableForAHost) {
  EXPECT_EQ(UlaPrefix("a"), UlaPrefix("a"));
  EXPECT_NE(UlaPrefix("a"), UlaPrefix("b"));
  auto first = ChooseSubnet(DefaultAddressPools(UlaPrefix("a")), true, {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->length(), 64);
  auto second = ChooseSubnet(DefaultAddressPools(UlaPrefix("a")), true, {*first});
  EXPECT_EQ(second->address(), first->Last().Plus(1));
}

TEST(ChooseSubnet, BadPool) {
  EXPECT_FALSE(ChooseSubnet({{"10.0.0.0/16", 8}}, false, {}).ok());
  EXPECT_FALSE(ChooseSubnet({{"nonsense", 8}}, false, {}).ok());
}

}  // namespace
}  // namespace buoy::network
