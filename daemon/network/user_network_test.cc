// Needs root: networks that users make, and containers that join and leave them.
#include <net/if.h>

#include "daemon/network/network_fixture.h"

namespace buoy::network {
namespace {

TEST_F(NetworkManagerTest, UserDefinedNetwork) {
  types::NetworkCreateRequest create;
  create.name = "blue";
  create.ipam.emplace();
  create.ipam->config = {{"10.99.0.0/24", "", "10.99.0.254", {}}};
  auto created = manager_->Create(create);
  ASSERT_TRUE(created.ok()) << created.error().message();
  SandboxRequest one = Request("one", "8080");
  Sandbox sandbox = Up(one);
  Fd server = ServerIn(sandbox.key, 80);
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "172.17.0.1");

  types::EndpointSettings wish;
  wish.aliases = {"db"};
  wish.ipam_config = types::EndpointIpamConfig{"10.99.0.7", "", {}};
  auto both = manager_->Connect(one, "blue", wish);
  ASSERT_TRUE(both.ok()) << both.error().message();
  EXPECT_EQ(AddressesIn(sandbox.key), "eth0=172.17.0.2/16 eth1=10.99.0.7/24 ");
  const auto& names = both->networks.at("blue").dns_names;
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.end()),
            (std::vector<std::string>{"one", "db", Id("one").substr(0, 12), "one-host"}));
  EXPECT_EQ(manager_->Connect(one, "blue", {}).error().message(),
            "endpoint with name one already exists in network blue");
  EXPECT_EQ(manager_->Remove("blue").error().kind(), ErrorKind::kForbidden);

  // Another one on that network reaches it by its address; the default bridge is another world.
  SandboxRequest two = Request("two");
  two.host_config.network_mode = "blue";
  Sandbox other = Up(two);
  EXPECT_EQ(AddressesIn(other.key), "eth0=10.99.0.1/24 ");
  std::string near, across;
  ASSERT_TRUE(Inside(other.key, [&] {
                near = SeenFrom(server, "10.99.0.7", 80);
                across = SeenFrom(server, "172.17.0.2", 80, kSilence);
                return Ok();
              }).ok());
  EXPECT_EQ(near, "10.99.0.1");
  EXPECT_EQ(across, "");
  std::string table;
  for (const DnsName& name : manager_->DnsNames(Id("two"))) {
    table += name.name + "=" + name.address + " ";
  }
  EXPECT_NE(table.find("db=10.99.0.7 db.blue=10.99.0.7"), std::string::npos) << table;

  // It leaves the default bridge: the port moves to the network that is left.
  one.networks = both->networks;
  auto left = manager_->Disconnect(one, "bridge");
  ASSERT_TRUE(left.ok()) << left.error().message();
  EXPECT_EQ(AddressesIn(sandbox.key), "eth1=10.99.0.7/24 ");
  EXPECT_EQ(left->ports.at("80/tcp").at(0).host_port, "8080");
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "10.99.0.254");
  EXPECT_NE(manager_->Disconnect(one, "bridge").error().message().find("is not connected to"),
            std::string::npos);
  // Off all networks, a restart of the daemon, and back again.
  one.networks.clear();
  ASSERT_TRUE(manager_->Disconnect(one, "blue").ok());
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080, kSilence), "");
  Open({Id("one"), Id("two")});
  auto back = manager_->Connect(one, "bridge", {});
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(SeenFrom(server, "127.0.0.1", 8080), "172.17.0.1");

  ASSERT_TRUE(manager_->Forget(Id("one")).ok());
  ASSERT_TRUE(manager_->Forget(Id("two")).ok());
  EXPECT_EQ(Rows(), 0u);
  Status removed = manager_->Remove("blue");
  ASSERT_TRUE(removed.ok()) << removed.error().message();
  EXPECT_EQ(if_nametoindex(("br-" + created->id.substr(0, 12)).c_str()), 0u);
  EXPECT_EQ(manager_->Inspect("blue").error().message(), "network blue not found");
}

TEST_F(NetworkManagerTest, InternalNetworkHasNoWayOut) {
  types::NetworkCreateRequest create;
  create.name = "closed";
  create.internal = true;
  ASSERT_TRUE(manager_->Create(create).ok());
  SandboxRequest request = Request("one", "8080");
  request.host_config.network_mode = "closed";
  Sandbox sandbox = Up(request);
  EXPECT_EQ(sandbox.networks.at("closed").gateway, "");
  EXPECT_TRUE(sandbox.published.empty());
  EXPECT_EQ(Ruleset().find("8080"), std::string::npos);
}

}  // namespace
}  // namespace buoy::network
