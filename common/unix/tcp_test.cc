#include "common/unix/tcp.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace buoy {
namespace {

std::string Resolved(const std::string& host_port) {
  auto address = ResolveListener(host_port);
  return address.ok() ? TcpText(address->get(), address->size) : address.error().message();
}

TEST(Tcp, ResolvesWhatIsListenedOn) {
  EXPECT_EQ(Resolved("127.0.0.1:80"), "127.0.0.1:80");
  EXPECT_EQ(Resolved("[::1]:80"), "[::1]:80");
  EXPECT_EQ(Resolved(":80"), "0.0.0.0:80");
  EXPECT_EQ(Resolved("127.0.0.1"), "listen tcp: address 127.0.0.1: missing port in address");
  EXPECT_EQ(Resolved("256.1.1.1.1:80").find("listen tcp: lookup 256.1.1.1.1: "), 0u);
}

TEST(Tcp, AnAddressIsListenedOnOnce) {
  auto free = ResolveListener("127.0.0.1:0");
  ASSERT_TRUE(free.ok());
  auto first = ListenTcp(*free, 1);
  ASSERT_TRUE(first.ok()) << first.error().message();
  TcpAddress bound;
  bound.size = sizeof bound.storage;
  ASSERT_EQ(getsockname(first->get(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.size), 0);
  auto second = ListenTcp(bound, 1);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message(),
            "listen tcp " + TcpText(bound.get(), bound.size) + ": bind: address already in use");
  EXPECT_EQ(second.error().sys_errno(), EADDRINUSE);
}

}  // namespace
}  // namespace buoy
