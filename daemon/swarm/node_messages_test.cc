#include "daemon/swarm/node_messages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace buoy::swarm {
namespace {

NodeRequest Heartbeat() {
  NodeRequest request;
  request.kind = kAskHeartbeat;
  request.token = "SWMTKN-1-a-b";
  request.certificate_request = "-----BEGIN CERTIFICATE REQUEST-----\n";
  request.node.id = "n1";
  request.node.spec.availability = "drain";
  request.node.spec.labels["a\"b"] = "\xc3\xa9\n";
  request.node.description.hostname = "host1";
  request.node.description.resources.memory_bytes = 1 << 30;
  request.node.status.addr = "10.0.0.1";
  return request;
}

NodeAnswer Welcome() {
  NodeAnswer answer;
  answer.node_id = "n1";
  answer.certificate = "c";
  answer.root = "r";
  answer.heartbeat_period = 5'000'000'000;
  answer.managers = {{"m1", "10.0.0.2:2377"}, {"m2", "[::1]:2377"}};
  return answer;
}

TEST(NodeMessages, ARequestIsReadAsItWasWritten) {
  const NodeRequest sent = Heartbeat();
  auto read = DecodeRequest(EncodeRequest(sent));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->kind, sent.kind);
  EXPECT_EQ(read->token, sent.token);
  EXPECT_EQ(read->certificate_request, sent.certificate_request);
  EXPECT_EQ(read->node.spec.availability, "drain");
  EXPECT_EQ(read->node.description.hostname, "host1");
  EXPECT_EQ(read->node.status.addr, "10.0.0.1");
}

TEST(NodeMessages, AnAnswerIsReadAsItWasWritten) {
  auto read = DecodeAnswer(EncodeAnswer(Welcome()));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(read->heartbeat_period, 5'000'000'000);
  ASSERT_EQ(read->managers.size(), 2u);
  EXPECT_EQ(read->managers[1].addr, "[::1]:2377");
}

// The same corrupted messages in every run.
TEST(NodeMessages, CorruptedOnesAreRefusedOrStable) {
  const std::string seeds[] = {EncodeRequest(Heartbeat()), EncodeAnswer(Welcome())};
  const std::string words[] = {"{",    "}",     "[",   "]",    "\"",       "null",
                               "-1",   "1e999", "\\u", "\xff", "[[[[[[[[", "99999999999999999999",
                               "\\\"", "true",  "{}",  "0.5"};
  std::mt19937 random{20261127};
  const auto pick = [&](size_t bound) { return random() % bound; };
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = seeds[pick(std::size(seeds))];
    for (size_t count = 1 + pick(4); count > 0; --count) {
      const size_t at = pick(text.size() + 1);
      switch (pick(4)) {
        case 0:
          text.erase(at, 1 + pick(8));
          break;
        case 1:
          text.insert(at, words[pick(std::size(words))]);
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(pick(256));
          break;
        default:
          text.resize(at);
      }
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    refused += DecodeRequest(text).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 10'000);
}

}  // namespace
}  // namespace buoy::swarm
