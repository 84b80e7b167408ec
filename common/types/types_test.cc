#include <gtest/gtest.h>

#include "common/json/json.h"
#include "common/types/container.h"
#include "common/types/event.h"
#include "common/types/system.h"

namespace buoy {
namespace {

TEST(Types, CreateRequestRoundTrip) {
  auto request = FromJson<types::ContainerCreateRequest>(
      R"({"Image":"busybox","Cmd":["sh","-c","true"],"Tty":true,"ExposedPorts":{"80/tcp":{}},)"
      R"("HostConfig":{"Memory":67108864,"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},)"
      R"("PidsLimit":null,"Init":true},"NetworkingConfig":{"EndpointsConfig":{"n":{"IPAMConfig":)"
      R"({"IPv4Address":"10.0.0.9"}}}}})");
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->config.image, "busybox");
  EXPECT_EQ(request->host_config.resources.memory, 67108864);
  EXPECT_EQ(request->host_config.port_bindings["80/tcp"][0].host_port, "8080");
  EXPECT_TRUE(*request->host_config.init);
  EXPECT_EQ(request->networking_config.endpoints_config["n"].ipam_config->ipv4_address, "10.0.0.9");
  auto again = FromJson<types::ContainerCreateRequest>(ToJson(*request));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(ToJson(*again), ToJson(*request));
}

TEST(Types, WrongTypeNamesTheField) {
  auto wrong = FromJson<types::ContainerCreateRequest>(R"({"HostConfig":{"Memory":"1g"}})");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message(),
            "json: cannot unmarshal string into Go struct field Resources.Memory of type int64");
}

TEST(Types, EventHasOldAndNewNames) {
  types::Event event{"container", "die", {"abc", {}}, "local", 1700000000123456789};
  event.actor.attributes["image"] = "busybox";
  EXPECT_EQ(ToJson(event),
            R"({"status":"die","id":"abc","from":"busybox","Type":"container","Action":"die",)"
            R"("Actor":{"ID":"abc","Attributes":{"image":"busybox"}},"scope":"local",)"
            R"("time":1700000000,"timeNano":1700000000123456789})");
}

TEST(Types, DiskUsageRoundTrip) {
  types::DiskUsage usage;
  usage.layers_size = 7;
  usage.images.emplace_back().id = "sha256:1";
  auto back = FromJson<types::DiskUsage>(ToJson(usage));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->images.at(0).id, "sha256:1");
}

}  // namespace
}  // namespace buoy
