#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/net/ip.h"
#include "common/unix/file.h"
#include "common/unix/netns.h"
#include "daemon/events/event_sink.h"
#include "daemon/network/netlink.h"
#include "daemon/network/network_manager.h"
#include "daemon/network/nft.h"
#include "daemon/state/db.h"

// For tests that need root: a manager with real bridges, namespaces and NAT, in a network namespace
// of its own.
namespace buoy::network {

inline constexpr int kSilence = 300;  // ms in which nobody comes

struct Events : events::EventSink {
  void Publish(types::Event event) override { seen += event.action + " "; }
  std::string seen;
};

struct Address {
  Address(const std::string& text, uint16_t port) {
    if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
    } else {
      inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr);
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
    }
  }
  int family() const { return v4.sin_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&v4); }
  socklen_t size() const { return family() == AF_INET ? sizeof v4 : sizeof v6; }
  union {
    sockaddr_in v4{};
    sockaddr_in6 v6;
  };
};

inline Fd Listen(uint16_t port) {
  Fd server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Address any("0.0.0.0", port);
  if (bind(server.get(), any.get(), any.size()) != 0 || listen(server.get(), 8) != 0) return {};
  return server;
}

inline bool Readable(int fd, int timeout_ms) {
  pollfd wait{fd, POLLIN, 0};
  return poll(&wait, 1, timeout_ms) == 1;
}

// Connects from the calling thread's namespace; who `server` sees, "" = nobody came.
inline std::string SeenFrom(const Fd& server, const std::string& host, uint16_t port,
                            int timeout_ms = 5000) {
  Address target(host, port);
  Fd client(socket(target.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  (void)connect(client.get(), target.get(), target.size());
  if (!Readable(server.get(), timeout_ms)) return "";
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  Fd connection(accept4(server.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC));
  char text[INET6_ADDRSTRLEN] = "";
  if (connection.valid() && peer.sin_family == AF_INET) {
    inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text);
    return text;
  }
  return connection.valid() ? "ipv6" : "";
}

class NetworkManagerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_EQ(unshare(CLONE_NEWNET | CLONE_NEWNS), 0) << strerror(errno);
    ASSERT_EQ(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  }

  void SetUp() override {
    static int number = 0;
    root_ = testing::TempDir() + "/net" + std::to_string(++number);
    ASSERT_TRUE(MakeDirs(root_).ok());
    std::string resolv = root_ + "/resolv.conf";
    ASSERT_TRUE(WriteFileAtomic(resolv, "nameserver 192.0.2.53\n").ok());
    options_.data_root = root_;
    options_.exec_root = root_ + "/run";
    options_.resolv_conf_path = resolv;
    auto netlink = Netlink::Open();
    ASSERT_TRUE(netlink.ok());
    ASSERT_TRUE(netlink->SetUp(1).ok());
    Open({});
  }

  void TearDown() override {
    for (const char* id : {"one", "two", "three"}) EXPECT_TRUE(manager_->Forget(Id(id)).ok());
    manager_.reset();
    auto netlink = Netlink::Open();
    ASSERT_TRUE(netlink.ok());
    const std::vector<Link> links = std::move(netlink->Links()).value();
    for (const Link& link : links) {
      if (link.kind == "bridge" || link.name == "ext0") (void)netlink->DeleteLink(link.name);
    }
    auto nft = Nft::Open();
    ASSERT_TRUE(nft.ok());
    (void)nft->Run("flush ruleset");
  }

  // A daemon starts.
  void Open(const std::set<std::string>& running) {
    manager_.reset();
    if (!db_) db_ = std::move(state::Db::Open(root_ + "/buoy.db")).value();
    auto manager = NetworkManager::Open(options_, *db_, &events_);
    ASSERT_TRUE(manager.ok()) << manager.error().message();
    manager_ = *std::move(manager);
    Status started = manager_->Start(running);
    ASSERT_TRUE(started.ok()) << started.error().message();
  }

  static std::string Id(const std::string& name) {
    std::string id;
    for (char c : name) id += "0123456789abcdef"[static_cast<unsigned>(c) % 16];
    return id + std::string(64 - id.size(), '0');
  }

  static SandboxRequest Request(const std::string& name, const std::string& host_port = "") {
    SandboxRequest request;
    request.container_id = Id(name);
    request.container_name = name;
    request.config.hostname = name + "-host";
    request.host_config.network_mode = "default";
    if (!host_port.empty()) request.host_config.port_bindings["80/tcp"] = {{"", host_port}};
    return request;
  }

  Sandbox Up(const SandboxRequest& request) {
    auto sandbox = manager_->Setup(request);
    EXPECT_TRUE(sandbox.ok()) << sandbox.error().message();
    return sandbox.ok() ? *std::move(sandbox) : Sandbox();
  }

  Status Inside(const std::string& key, const std::function<Status()>& action) {
    BUOY_ASSIGN(NetnsFile netns, NetnsFile::Open(key));
    return RunInNetns(netns.fd(), action);
  }

  Fd ServerIn(const std::string& key, uint16_t port) {
    Fd server;
    EXPECT_TRUE(Inside(key, [&] {
                  server = Listen(port);
                  return Ok();
                }).ok());
    EXPECT_TRUE(server.valid());
    return server;
  }

  // "eth0=172.17.0.2/16 ..." of a namespace.
  std::string AddressesIn(const std::string& key) {
    std::string text;
    Status status = Inside(key, [&]() -> Status {
      BUOY_ASSIGN(Netlink netlink, Netlink::Open());
      BUOY_ASSIGN(std::vector<Link> links, netlink.Links());
      for (const Link& link : links) {
        BUOY_ASSIGN(auto addresses, netlink.Addresses(link.index));
        for (const net::IpPrefix& address : addresses) {
          if (address.address().IsLoopback() || address.address().IsLinkLocal()) continue;
          text += link.name + "=" + address.ToString() + (link.up ? " " : "(down) ");
        }
      }
      return Ok();
    });
    EXPECT_TRUE(status.ok()) << status.error().message();
    return text;
  }

  std::string Ruleset() {
    auto nft = Nft::Open();
    return nft.ok() ? nft->ListTable("inet", "buoy").value_or("unreadable") : "unreadable";
  }

  size_t Rows() {
    auto rows = db_->Prepare("SELECT count(*) FROM endpoints");
    return rows.Step().value_or(false) ? static_cast<size_t>(rows.Int(0)) : 999;
  }

  int VethCount() {
    auto netlink = Netlink::Open();
    auto links = netlink->Links();
    return static_cast<int>(std::count_if(links->begin(), links->end(),
                                          [](const Link& link) { return link.kind == "veth"; }));
  }

  std::string root_;
  Options options_;
  Events events_;
  std::unique_ptr<state::Db> db_;
  std::unique_ptr<NetworkManager> manager_;
};

}  // namespace buoy::network
