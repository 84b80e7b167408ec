#include "daemon/network/endpoint_check.h"

#include <gtest/gtest.h>

namespace buoy::network {
namespace {

std::string Check(const types::EndpointSettings& wish, const std::string& name,
                  const Network* network = nullptr) {
  Status status = CheckEndpoint(wish, name, network);
  return status.ok() ? "ok" : status.error().message();
}

Network Blue() {
  types::NetworkResource resource;
  resource.name = "blue";
  resource.id = std::string(64, 'a');
  resource.driver = "bridge";
  resource.ipam.config = {{"10.1.0.0/24", "", "10.1.0.1", {}}};
  return std::move(Network::FromResource(resource)).value();
}

TEST(CheckEndpoint, PredefinedNetworksTakeNoNamesAndAddresses) {
  types::EndpointSettings wish;
  EXPECT_EQ(Check(wish, "bridge"), "ok");
  wish.aliases = {"db"};
  EXPECT_EQ(Check(wish, "blue"), "ok");
  EXPECT_EQ(Check(wish, "bridge"),
            "invalid endpoint settings:\n"
            "network-scoped alias is supported only for containers in user defined networks");
  wish.ipam_config = types::EndpointIpamConfig{"172.17.0.9", "", {}};
  EXPECT_EQ(Check(wish, "default"),
            "invalid endpoint settings:\n"
            "* user specified IP address is supported on user defined networks only\n"
            "* network-scoped alias is supported only for containers in user defined networks");
}

TEST(CheckEndpoint, Addresses) {
  const Network blue = Blue();
  types::EndpointSettings wish;
  wish.ipam_config = types::EndpointIpamConfig{"10.1.0.9", "", {}};
  EXPECT_EQ(Check(wish, "blue", &blue), "ok");
  wish.ipam_config->ipv4_address = "10.2.0.9";
  EXPECT_EQ(Check(wish, "blue"), "ok");
  EXPECT_EQ(Check(wish, "blue", &blue),
            "invalid endpoint settings:\n"
            "no configured subnet or ip-range contain the IP address 10.2.0.9");
  wish.ipam_config = types::EndpointIpamConfig{"fd00::1", "10.1.0.9", {"x"}};
  EXPECT_EQ(Check(wish, "blue"),
            "invalid endpoint settings:\n"
            "* invalid IPv4 address: fd00::1\n"
            "* invalid IPv6 address: 10.1.0.9\n"
            "* invalid link-local IP address: x");
}

TEST(CheckEndpoint, MacAndSysctls) {
  types::EndpointSettings wish;
  wish.mac_address = "nonsense";
  EXPECT_EQ(Check(wish, "blue"), "invalid MAC address nonsense");
  wish.mac_address = "02:42:00:00:00:01";
  wish.driver_opts[kEndpointSysctls] =
      "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.ifname.accept_ra=0";
  EXPECT_EQ(Check(wish, "blue"), "ok");
  wish.driver_opts[kEndpointSysctls] = "net.ipv4.conf.eth0.log_martians=1";
  EXPECT_EQ(Check(wish, "blue").substr(0, 96),
            "invalid endpoint settings:\nunrecognised network interface sysctl "
            "'net.ipv4.conf.eth0.log_martian");
}

TEST(EndpointNames, EachOnce) {
  const std::string id(64, 'b');
  auto names = EndpointNames("web", json::List<std::string>{"www", "web"}, id, "www");
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.end()),
            (std::vector<std::string>{"web", "www", "bbbbbbbbbbbb"}));
}

TEST(SplitComma, Parts) {
  EXPECT_TRUE(SplitComma("").empty());
  EXPECT_EQ(SplitComma("a,,b"), (std::vector<std::string>{"a", "", "b"}));
}

}  // namespace
}  // namespace buoy::network
