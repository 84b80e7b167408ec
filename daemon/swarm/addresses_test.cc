#include "daemon/swarm/addresses.h"

#include <gtest/gtest.h>

namespace buoy::swarm {
namespace {

HostAddress At(const std::string& interface, const std::string& address, bool device = true) {
  return {interface, *net::IpAddress::Parse(address), true, device};
}

AddressContext Host() {
  return {{At("lo", "127.0.0.1", false), At("eth0", "10.1.0.5"), At("eth0", "fd00::5"),
           At("docker0", "172.17.0.1", false)},
          {*net::IpPrefix::Parse("172.17.0.0/16")}};
}

std::string Text(const AddressRequest& request, const AddressContext& context = Host()) {
  auto out = ResolveAddresses(request, context);
  if (!out.ok()) return "error: " + out.error().message();
  return out->local + " " + out->listen + " " + out->advertise + " " + out->data_path;
}

TEST(Addresses, Completed) {
  EXPECT_EQ(*CompleteAddress("ListenAddr", "eth0"), "eth0:2377");
  EXPECT_EQ(*CompleteAddress("ListenAddr", ":2378"), "0.0.0.0:2378");
  EXPECT_EQ(*CompleteAddress("ListenAddr", "[::1]"), "[::1]:2377");
  EXPECT_EQ(*CompleteAddress("ListenAddr", "tcp://10.0.0.1:1"), "10.0.0.1:1");
  EXPECT_EQ(CompleteAddress("ListenAddr", "").error().message(),
            "invalid ListenAddr \"\": invalid empty address");
}

TEST(Addresses, FoundOrGiven) {
  EXPECT_EQ(Text({.listen = "0.0.0.0:2377"}), "10.1.0.5 0.0.0.0:2377 10.1.0.5:2377 ");
  EXPECT_EQ(Text({.listen = "0.0.0.0:2377", .advertise = "lo"}),
            "127.0.0.1 0.0.0.0:2377 127.0.0.1:2377 ");
  EXPECT_EQ(Text({.listen = "lo:1", .advertise = "10.1.0.5:2"}),
            "127.0.0.1 127.0.0.1:1 10.1.0.5:2 ");
  EXPECT_EQ(Text({.listen = "0.0.0.0", .data_path = "docker0", .default_advertise = "fd00::5"}),
            "fd00::5 0.0.0.0:2377 [fd00::5]:2377 172.17.0.1");
  EXPECT_EQ(Text({.listen = "0.0.0.0", .advertise = "8.8.8.8"}),
            "10.1.0.5 0.0.0.0:2377 8.8.8.8:2377 ");
}

TEST(Addresses, DockersRefusals) {
  EXPECT_EQ(Text({.listen = "x:1"}),
            "error: listen address must be an IP address or network interface (with optional port "
            "number)");
  EXPECT_EQ(Text({.listen = "::1"}), "error: could not parse listen address ::1");
  EXPECT_EQ(Text({.listen = "0.0.0.0", .advertise = "0.0.0.0"}),
            "error: advertise address must be a non-zero IP address or network interface (with "
            "optional port number)");
  EXPECT_EQ(Text({.listen = "0.0.0.0", .data_path = "nope"}),
            "error: data path address must be a non-zero IP address or network interface (without "
            "a port number)");
  AddressContext two = Host();
  two.host.push_back(At("eth1", "10.2.0.5"));
  EXPECT_EQ(Text({.listen = "0.0.0.0"}, two),
            "error: could not choose an IP address to advertise since this system has multiple "
            "addresses on different interfaces (10.1.0.5 on eth0 and 10.2.0.5 on eth1)");
  EXPECT_TRUE(Text({.listen = "0.0.0.0", .advertise = "8.8.8.8"}, two)
                  .starts_with("error: must specify a listening address because"));
  EXPECT_EQ(Text({.listen = "0.0.0.0"}, {}), "error: could not find the system's IP address");
}

TEST(Addresses, WithoutDevicesOwnNetworksDoNotCount) {
  AddressContext inner = {{At("veth0", "10.9.0.2", false), At("docker0", "172.17.0.1", false)},
                          {*net::IpPrefix::Parse("172.17.0.0/16")}};
  EXPECT_EQ(Text({.listen = "0.0.0.0"}, inner), "10.9.0.2 0.0.0.0:2377 10.9.0.2:2377 ");
}

}  // namespace
}  // namespace buoy::swarm
