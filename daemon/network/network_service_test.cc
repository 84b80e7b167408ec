#include "daemon/network/network_service.h"

#include <gtest/gtest.h>

namespace buoy::network {
namespace {

// Knows networks, no containers.
class FakeManager : public NetworkManager {
 public:
  Status Start(const std::set<std::string>&) override { return Ok(); }
  void SetContainerDefaults(const Options&) override {}
  Status Validate(const SandboxRequest&) override { return Ok(); }
  Result<Sandbox> Setup(const SandboxRequest&) override { return Internal("unused"); }
  Status Teardown(const std::string&) override { return Ok(); }
  json::Map<types::EndpointSettings> StoppedSettings(
      const std::string&, json::Map<types::EndpointSettings> networks) override {
    return networks;
  }
  Status Forget(const std::string&) override { return Ok(); }
  Result<Sandbox> Restore(const SandboxRequest&) override { return Internal("unused"); }
  Status Rename(const std::string&, const std::string&) override { return Ok(); }
  Result<Sandbox> Connect(const SandboxRequest&, const std::string&,
                          const types::EndpointSettings&) override {
    return Internal("unused");
  }
  Result<Sandbox> Disconnect(const SandboxRequest&, const std::string&) override {
    return Internal("unused");
  }
  std::vector<DnsName> DnsNames(const std::string&) override { return {}; }

  Result<types::NetworkResource> Inspect(const std::string& ref) override {
    for (const auto& network : networks) {
      if (network.name == ref) return network;
    }
    return NotFound("network " + ref + " not found");
  }
  std::vector<types::NetworkResource> List() override { return networks; }
  Result<types::NetworkCreateResponse> Create(const types::NetworkCreateRequest&) override {
    return types::NetworkCreateResponse{"id", ""};
  }
  Status Remove(const std::string& ref) override {
    if (ref == stubborn) return Forbidden("has active endpoints");
    std::erase_if(networks, [&](const auto& network) { return network.id == ref; });
    return Ok();
  }

  std::vector<types::NetworkResource> networks;
  std::string stubborn;
};

struct FakeContainers : ContainerNetworks {
  Status ConnectNetwork(const std::string& ref, const std::string& network,
                        const types::EndpointSettings& wish) override {
    asked = "connect " + ref + " " + network + " " + wish.mac_address;
    return Ok();
  }
  Status DisconnectNetwork(const std::string& ref, const std::string& network,
                           bool force) override {
    asked = "disconnect " + ref + " " + network + (force ? " force" : "");
    return Ok();
  }
  std::string asked;
};

struct Events : events::EventSink {
  void Publish(types::Event event) override {
    seen += event.type + " " + event.action + " " + event.actor.attributes["reclaimed"];
  }
  std::string seen;
};

types::NetworkResource Network(const std::string& name, const std::string& driver) {
  types::NetworkResource network;
  network.name = name;
  network.id = "id-" + name;
  network.driver = driver;
  network.scope = "local";
  network.created = "2024-05-01T10:00:00Z";
  return network;
}

class NetworkServiceTest : public testing::Test {
 protected:
  NetworkServiceTest() {
    manager_.networks = {Network("host", "host"), Network("none", "null"),
                         Network("bridge", "bridge"), Network("blue", "bridge"),
                         Network("busy", "bridge")};
    manager_.networks[3].labels["tier"] = "front";
    manager_.networks[4].containers["c1"] = {};
  }

  std::string Names(const api::Filters& filters) {
    auto list = service_.List(filters);
    if (!list.ok()) return list.error().message();
    std::string names;
    for (const auto& network : *list) names += (names.empty() ? "" : " ") + network.name;
    return names;
  }
  std::string Pruned(const api::Filters& filters) {
    auto report = service_.Prune(filters);
    if (!report.ok()) return report.error().message();
    std::string names;
    for (const auto& name : report->networks_deleted) names += name + " ";
    return names;
  }

  FakeManager manager_;
  FakeContainers containers_;
  Events events_;
  NetworkService service_{manager_, containers_, &events_};
};

TEST_F(NetworkServiceTest, ListFilters) {
  EXPECT_EQ(Names({}), "host none bridge blue busy");
  EXPECT_EQ(Names({{"name", {"b"}}}), "bridge blue busy");
  EXPECT_EQ(Names({{"name", {"^b.*e$"}}}), "bridge blue");
  EXPECT_EQ(Names({{"id", {"id-blue", "id-host"}}}), "host blue");
  EXPECT_EQ(Names({{"driver", {"null", "host"}}}), "host none");
  EXPECT_EQ(Names({{"scope", {"swarm"}}}), "");
  EXPECT_EQ(Names({{"label", {"tier"}}}), "blue");
  EXPECT_EQ(Names({{"label", {"tier=back"}}}), "");
  EXPECT_EQ(Names({{"type", {"custom"}}}), "blue busy");
  EXPECT_EQ(Names({{"type", {"builtin"}}}), "host none bridge");
  EXPECT_EQ(Names({{"dangling", {"true"}}}), "blue");
  EXPECT_EQ(Names({{"dangling", {"0"}}}), "host none bridge busy");
}

TEST_F(NetworkServiceTest, WrongFilters) {
  EXPECT_EQ(Names({{"colour", {"x"}}}), "invalid filter 'colour'");
  EXPECT_EQ(Names({{"type", {"x"}}}), "invalid filter: 'type'='x'");
  EXPECT_EQ(Names({{"dangling", {"maybe"}}}),
            "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or "
            "\"0\")");
  EXPECT_EQ(Names({{"dangling", {"true", "false"}}}),
            "got more than one value for filter key \"dangling\"");
  EXPECT_EQ(Pruned({{"dangling", {"true"}}}), "invalid filter 'dangling'");
  EXPECT_EQ(Pruned({{"until", {"1h", "2h"}}}), "more than one until filter specified");
}

TEST_F(NetworkServiceTest, OnlyInspectTellsWhoIsAttached) {
  EXPECT_TRUE(service_.List({{"name", {"busy"}}})->at(0).containers.empty());
  EXPECT_EQ(service_.Inspect("busy", false, "")->containers.size(), 1u);
  EXPECT_TRUE(service_.Inspect("busy", false, "local").ok());
  EXPECT_EQ(service_.Inspect("busy", false, "swarm").error().message(), "network busy not found");
}

TEST_F(NetworkServiceTest, PruneTakesWhatNobodyUses) {
  EXPECT_EQ(Pruned({{"until", {"2024-04-01T00:00:00Z"}}}), "");
  EXPECT_EQ(Pruned({{"label!", {"tier"}}}), "");
  EXPECT_EQ(Pruned({{"label", {"other"}}}), "");
  manager_.stubborn = "id-blue";
  EXPECT_EQ(Pruned({}), "");
  manager_.stubborn.clear();
  EXPECT_EQ(Pruned({{"until", {"24h"}}, {"label", {"tier=front"}}}), "blue ");
  EXPECT_EQ(Names({}), "host none bridge busy");
  EXPECT_EQ(events_.seen.substr(0, 15), "network prune 0");
}

TEST_F(NetworkServiceTest, ConnectIsTheContainersBusiness) {
  types::NetworkConnectRequest connect{"web", types::EndpointSettings{}};
  connect.endpoint_config->mac_address = "02:42:00:00:00:01";
  ASSERT_TRUE(service_.Connect("blue", connect).ok());
  EXPECT_EQ(containers_.asked, "connect web blue 02:42:00:00:00:01");
  ASSERT_TRUE(service_.Connect("blue", {"web", std::nullopt}).ok());
  EXPECT_EQ(containers_.asked, "connect web blue ");
  ASSERT_TRUE(service_.Disconnect("blue", {"web", true}).ok());
  EXPECT_EQ(containers_.asked, "disconnect web blue force");
}

}  // namespace
}  // namespace buoy::network
