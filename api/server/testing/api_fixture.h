#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include "api/server/testing/fake_backends.h"
#include "api/server/testing/raw_client.h"

namespace buoy::api {

// A fake daemon on a socket in a folder of its own.
class ApiFixture : public testing::Test {
 protected:
  explicit ApiFixture(EngineOptions options = {}) : options_(std::move(options)) {
    const char* base = getenv("TEST_TMPDIR");
    folder_ = std::string(base == nullptr ? "/tmp" : base) + "/api.XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) abort();
    socket_ = folder_ + "/s";
  }
  void SetUp() override {
    Status started = daemon_.Start(socket_, options_);
    ASSERT_TRUE(started.ok()) << started.error().message();
  }
  ~ApiFixture() override {
    daemon_.server.reset();
    (void)RemoveAll(folder_);
  }

  RawClient Connect() const { return RawClient::ConnectTo(socket_); }
  RawReply Get(const std::string& target) const { return Connect().Get(target); }
  RawReply Request(const std::string& method, const std::string& target,
                   const std::string& json = "") const {
    return Connect().Request(method, target, json);
  }
  Engine& engine() { return daemon_.server->engine(); }
  // Adds a listener on 127.0.0.1; returns its port.
  int ListenTcp(std::shared_ptr<TlsContext> tls = nullptr) {
    Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd.get(), 128), 0);
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    EXPECT_TRUE(engine().AddListener(std::move(fd), std::move(tls)).ok());
    return ntohs(address.sin_port);
  }
  // Polls: the server's threads are not the test's.
  static bool Eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  EngineOptions options_;
  std::string folder_, socket_;
  FakeDaemon daemon_;
};

}  // namespace buoy::api
