#include "cli/command/cli.h"

#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <thread>

namespace buoy::cli {
namespace {

TEST(Cli, ThreadsThatAskAtOnceGetOneClient) {
  constexpr int kRounds = 200;
  constexpr size_t kThreads = 4;
  for (int round = 0; round < kRounds; ++round) {
    Cli cli("buoy");
    cli.options().hosts = {"unix:///nowhere"};
    std::barrier start(kThreads);
    std::array<api::Client*, kThreads> clients{};
    std::array<std::thread, kThreads> threads;
    for (size_t i = 0; i < kThreads; ++i) {
      threads[i] = std::thread([&, i] {
        start.arrive_and_wait();
        auto client = cli.client();
        clients[i] = client.ok() ? *client : nullptr;
      });
    }
    for (auto& thread : threads) thread.join();
    for (api::Client* client : clients) {
      ASSERT_NE(client, nullptr);
      ASSERT_EQ(client, clients[0]);
    }
  }
}

}  // namespace
}  // namespace buoy::cli
