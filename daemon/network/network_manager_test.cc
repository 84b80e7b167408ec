// Needs root.
#include <chrono>

#include "daemon/network/network_fixture.h"

namespace buoy::network {
namespace {

TEST_F(NetworkManagerTest, DefaultBridge) {
  Sandbox sandbox = Up(Request("one"));
  EXPECT_EQ(AddressesIn(sandbox.key), "eth0=172.17.0.2/16 ");
  const types::EndpointSettings& settings = sandbox.networks.at("bridge");
  EXPECT_EQ(settings.ip_address, "172.17.0.2");
  EXPECT_EQ(settings.ip_prefix_len, 16);
  EXPECT_EQ(settings.gateway, "172.17.0.1");
  EXPECT_TRUE(net::ParseMac(settings.mac_address).has_value());
  EXPECT_TRUE(settings.dns_names.empty());
  EXPECT_EQ(settings.network_id, manager_->Inspect("bridge")->id);
  EXPECT_NE(sandbox.files.hosts.find("172.17.0.2\tone-host\n"), std::string::npos);
  EXPECT_EQ(sandbox.files.hostname, "one-host\n");
  EXPECT_NE(sandbox.files.resolv_conf.find("nameserver 192.0.2.53\n"), std::string::npos);
  EXPECT_EQ(manager_->Inspect("bridge")->containers.at(Id("one")).ipv4_address, "172.17.0.2/16");

  // The way out: the default route, and the host's address in place of the container's.
  Fd host = Listen(7000);
  std::string seen;
  ASSERT_TRUE(Inside(sandbox.key, [&] {
                seen = SeenFrom(host, "172.17.0.1", 7000);
                return Ok();
              }).ok());
  EXPECT_EQ(seen, "172.17.0.2");

  // No IPv6 address where the network has none.
  auto disabled = std::string("?");
  ASSERT_TRUE(Inside(sandbox.key, [&]() -> Status {
                BUOY_ASSIGN(disabled, ReadFile("/proc/sys/net/ipv6/conf/eth0/disable_ipv6"));
                return Ok();
              }).ok());
  EXPECT_EQ(disabled, "1\n");

  // Stopped: the wishes stay, the facts go; the address is kept for the next run.
  auto stopped = manager_->StoppedSettings(Id("one"), sandbox.networks);
  EXPECT_EQ(stopped.at("bridge").mac_address + stopped.at("bridge").ip_address, "");
  ASSERT_TRUE(manager_->Teardown(Id("one")).ok());
  ASSERT_TRUE(manager_->Teardown(Id("one")).ok());
  EXPECT_FALSE(PathExists(sandbox.key));
  EXPECT_EQ(Up(Request("two")).networks.at("bridge").ip_address, "172.17.0.3");
  EXPECT_EQ(Up(Request("one")).networks.at("bridge").ip_address, "172.17.0.2");
  EXPECT_EQ(events_.seen, "connect disconnect connect connect ");
}

TEST_F(NetworkManagerTest, PublishedPortIsReachedFromEverywhere) {
  NetnsFile outside = std::move(NetnsFile::Create(root_ + "/outside")).value();
  {
    Netlink netlink = std::move(Netlink::Open()).value();
    ASSERT_TRUE(netlink.CreateVeth({"ext0", 0, 0, "eth0", {2, 0, 0, 0, 0, 1}, outside.fd()}).ok());
    const int index = netlink.GetLink("ext0")->index;
    ASSERT_TRUE(netlink.AddAddress(index, *net::IpPrefix::Parse("192.0.2.1/24")).ok());
    ASSERT_TRUE(RunInNetns(outside.fd(), [&]() -> Status {
                  BUOY_ASSIGN(Netlink inside, Netlink::Open());
                  BUOY_ASSIGN(Link link, inside.GetLink("eth0"));
                  BUOY_TRY(inside.AddAddress(link.index, *net::IpPrefix::Parse("192.0.2.2/24")));
                  return inside.SetUp(link.index);
                }).ok());
  }
  Sandbox sandbox = Up(Request("one", "8080"));
  ASSERT_EQ(sandbox.published.size(), 2u);
  EXPECT_FALSE(sandbox.published[0].proxy);
  EXPECT_TRUE(sandbox.published[0].socket.valid());
  const auto& bindings = sandbox.ports.at("80/tcp");
  ASSERT_EQ(bindings.size(), 2u);
  EXPECT_EQ(bindings[0].host_ip + " " + bindings[0].host_port, "0.0.0.0 8080");
  EXPECT_EQ(bindings[1].host_ip + " " + bindings[1].host_port, ":: 8080");

  Fd server = ServerIn(sandbox.key, 80);
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "172.17.0.1");
  EXPECT_EQ(SeenFrom(server, "172.17.0.1", 8080), "172.17.0.1");
  EXPECT_EQ(SeenFrom(server, "192.0.2.1", 8080), "192.0.2.1");
  // No NAT leads from ::1 into a container: the shim relays, so its socket must accept.
  EXPECT_TRUE(sandbox.published[1].proxy);
  EXPECT_EQ(sandbox.published[1].container_ip, "172.17.0.2");
  EXPECT_EQ(SeenFrom(sandbox.published[1].socket, "::1", 8080), "ipv6");
  std::string from_outside, from_itself;
  ASSERT_TRUE(RunInNetns(outside.fd(), [&] {
                from_outside = SeenFrom(server, "192.0.2.1", 8080);
                return Ok();
              }).ok());
  EXPECT_EQ(from_outside, "192.0.2.2");
  ASSERT_TRUE(Inside(sandbox.key, [&] {
                from_itself = SeenFrom(server, "172.17.0.1", 8080);
                return Ok();
              }).ok());
  EXPECT_EQ(from_itself, "172.17.0.1");
  // Out of the container: masqueraded.
  Fd far;
  ASSERT_TRUE(RunInNetns(outside.fd(), [&] {
                far = Listen(7001);
                return Ok();
              }).ok());
  std::string seen;
  ASSERT_TRUE(Inside(sandbox.key, [&] {
                seen = SeenFrom(far, "192.0.2.2", 7001);
                return Ok();
              }).ok());
  EXPECT_EQ(seen, "192.0.2.1");
  ASSERT_TRUE(manager_->Teardown(Id("one")).ok());
  EXPECT_EQ(Ruleset().find("8080"), std::string::npos);
}

TEST_F(NetworkManagerTest, FailedSetupLeavesNothing) {
  Sandbox first = Up(Request("one", "8080"));
  const std::string rules = Ruleset();
  const std::string events = events_.seen;
  auto second = manager_->Setup(Request("two", "8080"));
  ASSERT_FALSE(second.ok());
  const std::string& text = second.error().message();
  const std::string prefix =
      "failed to set up container networking: driver failed programming external connectivity on "
      "endpoint two (";
  ASSERT_EQ(text.substr(0, prefix.size()), prefix);
  EXPECT_EQ(text.substr(prefix.size() + 64),
            "): Bind for 0.0.0.0:8080 failed: port is already allocated");
  EXPECT_EQ(second.error().kind(), ErrorKind::kInternal);
  EXPECT_EQ(Ruleset(), rules);
  EXPECT_EQ(Rows(), 1u);
  EXPECT_EQ(VethCount(), 1);
  EXPECT_EQ(events_.seen, events);
  EXPECT_EQ(manager_->Restore(Request("two")).error().kind(), ErrorKind::kNotFound);

  // A later step fails: an interface name that the kernel refuses.
  SandboxRequest broken = Request("two", "8081");
  broken.networks["bridge"].driver_opts["com.docker.network.endpoint.ifname"] = "a/b";
  EXPECT_FALSE(manager_->Setup(broken).ok());
  EXPECT_EQ(Ruleset(), rules);
  EXPECT_EQ(Rows(), 1u);
  // Address and port are free again.
  Sandbox again = Up(Request("two", "8081"));
  EXPECT_EQ(again.networks.at("bridge").ip_address, "172.17.0.3");
}

TEST_F(NetworkManagerTest, RestartOfTheDaemonChangesNothing) {
  Sandbox before = Up(Request("one", "8080"));
  Up(Request("two"));
  const std::string rules = Ruleset();
  Fd server = ServerIn(before.key, 80);
  Open({Id("one")});
  EXPECT_EQ(Ruleset(), rules);
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "172.17.0.1");
  auto after = manager_->Restore(Request("one", "8080"));
  ASSERT_TRUE(after.ok()) << after.error().message();
  EXPECT_EQ(after->key, before.key);
  EXPECT_EQ(after->id, before.id);
  EXPECT_EQ(after->networks.at("bridge").mac_address, before.networks.at("bridge").mac_address);
  EXPECT_EQ(after->networks.at("bridge").endpoint_id, before.networks.at("bridge").endpoint_id);
  EXPECT_EQ(after->ports.at("80/tcp").size(), 2u);
  ASSERT_EQ(after->published.size(), 2u);
  EXPECT_FALSE(after->published[0].socket.valid());
  EXPECT_EQ(after->files.hosts, before.files.hosts);
  EXPECT_EQ(AddressesIn(before.key), "eth0=172.17.0.2/16 ");
  // What is in use stays so; what ended meanwhile is given up.
  EXPECT_EQ(manager_->Restore(Request("two")).error().kind(), ErrorKind::kNotFound);
  auto taken = manager_->Setup(Request("three", "8080"));
  ASSERT_FALSE(taken.ok());
  EXPECT_NE(taken.error().message().find("port is already allocated"), std::string::npos);
  EXPECT_EQ(Up(Request("three")).networks.at("bridge").ip_address, "172.17.0.4");

  // Somebody removed our rules: the next start puts them back.
  auto nft = Nft::Open();
  ASSERT_TRUE(nft->Run("delete table inet buoy").ok());
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080, kSilence), "");
  Open({Id("one"), Id("three")});
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "172.17.0.1");
}

TEST_F(NetworkManagerTest, RandomPortsAreKept) {
  SandboxRequest request = Request("one");
  request.host_config.port_bindings["80/tcp"] = {{"", ""}};
  request.host_config.port_bindings["81/udp"] = {{"127.0.0.1", ""}};
  std::string first = Up(request).ports.at("80/tcp").at(0).host_port;
  ASSERT_TRUE(manager_->Teardown(Id("one")).ok());
  Sandbox between = Up(Request("two", "9000-9002"));
  EXPECT_EQ(between.ports.at("80/tcp").at(0).host_port, "9000");
  Open({Id("two")});
  Sandbox again = Up(request);
  EXPECT_EQ(again.ports.at("80/tcp").at(0).host_port, first);
  EXPECT_EQ(again.ports.at("80/tcp").at(1).host_port, first);
  EXPECT_EQ(again.ports.at("81/udp").at(0).host_ip, "127.0.0.1");
  EXPECT_EQ(again.published.size(), 3u);
}

TEST_F(NetworkManagerTest, HostAndNone) {
  SandboxRequest host = Request("one", "8080");
  host.host_config.network_mode = "host";
  Sandbox shared = Up(host);
  EXPECT_EQ(shared.key, "");
  EXPECT_TRUE(shared.ports.empty());
  EXPECT_TRUE(shared.networks.contains("host"));
  EXPECT_EQ(shared.files.hosts, *ReadFile("/etc/hosts"));

  SandboxRequest none = Request("two");
  none.host_config.network_mode = "none";
  Sandbox alone = Up(none);
  EXPECT_EQ(AddressesIn(alone.key), "");
  EXPECT_TRUE(alone.networks.contains("none"));

  SandboxRequest disabled = Request("three");
  disabled.config.network_disabled = true;
  Sandbox off = Up(disabled);
  EXPECT_TRUE(off.networks.empty());
  Open({Id("one"), Id("two"), Id("three")});
  for (const SandboxRequest* request : {&host, &none, &disabled}) {
    EXPECT_TRUE(manager_->Restore(*request).ok()) << request->container_name;
  }
  EXPECT_TRUE(PathExists(off.key));
  EXPECT_EQ(manager_->Connect(host, "bridge", {}).error().kind(), ErrorKind::kInvalidArgument);
  EXPECT_EQ(manager_->Connect(none, "bridge", {}).error().kind(), ErrorKind::kInvalidArgument);
}

TEST_F(NetworkManagerTest, ASetupTakesMilliseconds) {
  Up(Request("one", "8080"));
  ASSERT_TRUE(manager_->Teardown(Id("one")).ok());
  const auto begin = std::chrono::steady_clock::now();
  Up(Request("one", "8080"));
  const auto took = std::chrono::steady_clock::now() - begin;
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  RecordProperty("setup_ms", std::to_string(ms));
  printf("setup: %.1f ms\n", ms);
  EXPECT_LT(ms, 500);  // only a hang or an exec would take that long
}

}  // namespace
}  // namespace buoy::network
