#include "daemon/network/ports.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "daemon/network/port_allocator.h"

namespace buoy::network {
namespace {

net::IpAddress Ip(const char* text) { return *net::IpAddress::Parse(text); }
const ContainerAddresses kV4Only = {Ip("172.17.0.2"), {}};
const ContainerAddresses kDual = {Ip("172.17.0.2"), Ip("fd00::2")};

types::HostConfig Publish(const std::string& port, std::vector<types::PortBinding> bindings) {
  types::HostConfig config;
  config.port_bindings[port] = bindings;
  return config;
}

std::string Text(const std::vector<PortGroup>& groups) {
  std::string text;
  for (const PortGroup& group : groups) {
    text += group.container_port.ToString() + "<" + std::to_string(group.host_ports.first) + "-" +
            std::to_string(group.host_ports.last);
    for (const auto& a : group.addresses) {
      text += " " + a.host.ToString() + ">" + a.container.ToString();
    }
    text += ";";
  }
  return text;
}

std::string Plan(const types::HostConfig& config, const ContainerAddresses& addresses,
                 PortDefaults defaults = {}) {
  auto groups = PlanPorts({}, config, addresses, defaults);
  return groups.ok() ? Text(*groups) : groups.error().message();
}

TEST(PlanPorts, BothFamiliesByDefault) {
  auto config = Publish("80/tcp", {{"", "8080"}});
  EXPECT_EQ(Plan(config, kDual), "80/tcp<8080-8080 0.0.0.0>172.17.0.2 ::>fd00::2;");
  EXPECT_EQ(Plan(config, kV4Only), "80/tcp<8080-8080 0.0.0.0>172.17.0.2 ::>172.17.0.2;");
  PortDefaults no_proxy;
  no_proxy.userland_proxy = false;
  EXPECT_EQ(Plan(config, kV4Only, no_proxy), "80/tcp<8080-8080 0.0.0.0>172.17.0.2;");
  PortDefaults no_v6;
  no_v6.host_has_ipv6 = false;
  EXPECT_EQ(Plan(config, kV4Only, no_v6), "80/tcp<8080-8080 0.0.0.0>172.17.0.2;");
}

TEST(PlanPorts, GivenAddresses) {
  EXPECT_EQ(Plan(Publish("53/udp", {{"127.0.0.1", "53"}}), kDual),
            "53/udp<53-53 127.0.0.1>172.17.0.2;");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"::1", "80"}}), kDual), "80/tcp<80-80 ::1>fd00::2;");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"[::1]", "80"}}), kV4Only), "80/tcp<80-80 ::1>172.17.0.2;");
  PortDefaults defaults;
  defaults.publish_ip = Ip("127.0.0.1");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"", "80"}}), kDual, defaults),
            "80/tcp<80-80 127.0.0.1>172.17.0.2;");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"", "80"}}), {}), "");
}

TEST(PlanPorts, SameWishOnTwoAddressesIsOneGroup) {
  EXPECT_EQ(Plan(Publish("80/tcp", {{"127.0.0.1", ""}, {"10.0.0.1", ""}}), kV4Only),
            "80/tcp<0-0 10.0.0.1>172.17.0.2 127.0.0.1>172.17.0.2;");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"127.0.0.1", ""}, {"127.0.0.1", ""}}), kV4Only),
            "80/tcp<0-0 127.0.0.1>172.17.0.2;80/tcp<0-0 127.0.0.1>172.17.0.2;");
}

TEST(PlanPorts, ExactPortsFirst) {
  types::HostConfig config;
  config.port_bindings["80/tcp"] = {{"127.0.0.1", ""}};
  config.port_bindings["81/tcp"] = {{"127.0.0.1", "8000-8002"}};
  config.port_bindings["82/tcp"] = {{"127.0.0.1", "8000"}};
  EXPECT_EQ(Plan(config, kV4Only),
            "82/tcp<8000-8000 127.0.0.1>172.17.0.2;81/tcp<8000-8002 127.0.0.1>172.17.0.2;"
            "80/tcp<0-0 127.0.0.1>172.17.0.2;");
}

TEST(PlanPorts, PublishAll) {
  types::ContainerConfig config;
  config.exposed_ports = {"80/tcp", "53/udp"};
  types::HostConfig host_config;
  EXPECT_TRUE(PlanPorts(config, host_config, kV4Only, {})->empty());
  host_config.publish_all_ports = true;
  EXPECT_EQ(PlanPorts(config, host_config, kV4Only, {})->size(), 2u);
  EXPECT_EQ(ExposedPorts(config, host_config).size(), 2u);
}

TEST(PlanPorts, Malformed) {
  EXPECT_EQ(Plan(Publish("80/tcp", {{"nonsense", "80"}}), kDual), "invalid IP address: nonsense");
  EXPECT_EQ(Plan(Publish("80/tcp", {{"", "x"}}), kDual), "invalid port range: x");
}

PortGroup Group(const char* ip, net::PortRange range, const char* proto = "tcp") {
  return {{80, proto}, range, {{Ip(ip), Ip("172.17.0.2")}}};
}

TEST(PortAllocator, OwnConflicts) {
  PortAllocator allocator({20100, 20200});
  auto first = allocator.Bind(Group("127.0.0.1", {}));
  ASSERT_TRUE(first.ok()) << first.error().message();
  const uint16_t port = (*first)[0].host_port;
  EXPECT_EQ(allocator.Bind(Group("127.0.0.1", {port, port})).error().message(),
            "Bind for 127.0.0.1:" + std::to_string(port) + " failed: port is already allocated");
  EXPECT_EQ(allocator.Bind(Group("0.0.0.0", {port, port})).error().message(),
            "Bind for 0.0.0.0:" + std::to_string(port) + " failed: port is already allocated");
  EXPECT_TRUE(allocator.Bind(Group("127.0.0.2", {port, port})).ok());
  EXPECT_TRUE(allocator.Bind(Group("127.0.0.1", {port, port}, "udp")).ok());
  EXPECT_EQ(allocator.Bind(Group("127.0.0.1", {port, port})).ok(), false);
  (*first)[0].socket.reset();
  allocator.Release("tcp", Ip("127.0.0.1"), port);
  EXPECT_TRUE(allocator.Bind(Group("127.0.0.1", {port, port})).ok());
}

TEST(PortAllocator, RandomPortsGoRoundAndPreferTheLast) {
  PortAllocator allocator({20201, 20300});
  auto first = allocator.Bind(Group("127.0.0.1", {}));
  auto second = allocator.Bind(Group("127.0.0.1", {}));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_GT((*second)[0].host_port, (*first)[0].host_port);
  const uint16_t port = (*first)[0].host_port;
  (*first)[0].socket.reset();
  allocator.Release("tcp", Ip("127.0.0.1"), port);
  auto again = allocator.Bind(Group("127.0.0.1", {}), port);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)[0].host_port, port);
}

TEST(PortAllocator, ForeignSockets) {
  PortAllocator other({20301, 20400});
  PortAllocator allocator({20301, 20400});
  auto held = other.Bind(Group("127.0.0.1", {}));
  ASSERT_TRUE(held.ok());
  const uint16_t port = (*held)[0].host_port;
  EXPECT_EQ(allocator.Bind(Group("127.0.0.1", {port, port})).error().message(),
            "failed to bind host port for 127.0.0.1:" + std::to_string(port) +
                ":172.17.0.2:80/tcp: address already in use");
  auto next = allocator.Bind(Group("127.0.0.1", {port, static_cast<uint16_t>(port + 20)}));
  ASSERT_TRUE(next.ok());
  EXPECT_GT((*next)[0].host_port, port);
}

TEST(PortAllocator, RangeRunsOut) {
  PortAllocator allocator({20401, 20402});
  allocator.Adopt("tcp", Ip("127.0.0.1"), 20401);
  allocator.Adopt("tcp", Ip("0.0.0.0"), 20402);
  EXPECT_EQ(allocator.Bind(Group("127.0.0.1", {})).error().message(), "all ports are allocated");
}

TEST(PortAllocator, DropsUntilAdmitted) {
  PortAllocator allocator({20500, 20600});
  auto bound = allocator.Bind(Group("127.0.0.1", {}, "udp"));
  ASSERT_TRUE(bound.ok());
  Fd client(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((*bound)[0].host_port);
  auto send = [&] {
    return sendto(client.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
  };
  char byte;
  const int server = (*bound)[0].socket.get();
  ASSERT_EQ(send(), 1);
  EXPECT_EQ(recv(server, &byte, 1, MSG_DONTWAIT), -1);
  ASSERT_TRUE(PortAllocator::Admit((*bound)[0].socket).ok());
  ASSERT_EQ(send(), 1);
  EXPECT_EQ(recv(server, &byte, 1, MSG_DONTWAIT), 1);
}

}  // namespace
}  // namespace buoy::network
