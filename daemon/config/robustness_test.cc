// Thousands of corrupted daemon.json texts, the same ones in every run.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "daemon/config/load.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace buoy::config {
namespace {

const char* const kSeeds[] = {
    R"({"debug": true, "labels": ["a=b", "c=d"], "mtu": 1400, "hosts": ["unix:///x", "tcp://[::1]:2375"]})",
    R"({"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}, "live-restore": true})",
    R"({"default-address-pools": [{"base": "172.30.0.0/16", "size": 24}, {"base": "fd00::/48", "size": 64}]})",
    R"({"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 64000, "Soft": -1}}, "default-shm-size": "64M"})",
    R"({"runtimes": {"kata": {"path": "/k", "runtimeArgs": ["-a", "\u00e9"]}}, "default-runtime": "kata"})",
    R"({"features": {"a": true}, "builder": {"gc": {"enabled": true, "policy": [{"all": false}]}}})",
    R"({"proxies": {"http-proxy": "http://u:p@h:1"}, "dns": ["8.8.8.8"], "ip": "::", "bip": "10.0.0.1/24"})",
    R"({"default-network-opts": {"bridge": {"a": "b"}}, "host-gateway-ips": ["1.1.1.1"], "exec-opts": ["native.cgroupdriver=systemd"]})",
    R"({"registry-mirrors": ["https://m"], "insecure-registries": ["r:5000"], "node-generic-resources": ["a=b"], "shutdown-timeout": 100})",
};

// Bytes and words that parsers trip over.
const char* const kWords[] = {"{",
                              "}",
                              "[",
                              "]",
                              "\"",
                              ":",
                              ",",
                              "null",
                              "true",
                              "-1",
                              "1e999",
                              "0",
                              "1.5",
                              "\\",
                              "\\u",
                              "\\ud8",
                              "\xff",
                              "\xfe\xff",
                              "\n",
                              "\t",
                              "@",
                              "://",
                              "=",
                              "/",
                              "[[[[[[[[[[",
                              "{}",
                              "[]",
                              "\"\"",
                              "tru",
                              "9223372036854775808",
                              "-9223372036854775809",
                              "99999999999999999999"};

class Mutator {
 public:
  std::string Next() {
    std::string text = kSeeds[Pick(std::size(kSeeds))];
    for (size_t count = 1 + Pick(4); count > 0; --count) Mutate(text);
    return text;
  }

 private:
  size_t Pick(size_t bound) { return random_() % bound; }

  void Mutate(std::string& text) {
    size_t at = Pick(text.size() + 1);
    switch (Pick(6)) {
      case 0:
        text.erase(at, 1 + Pick(8));
        break;
      case 1:
        text.insert(at, kWords[Pick(std::size(kWords))]);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(Pick(256));
        break;
      case 3:
        text.resize(at);
        break;
      case 4:
        text.insert(at, text.substr(Pick(text.size() + 1), Pick(40)));
        break;
      default: {  // a value of another type in place of one
        size_t colon = text.find(':', at);
        if (colon == std::string::npos) break;
        size_t end = std::min(text.find_first_of(",}]", colon), text.size());
        text.replace(colon + 1, end - colon - 1, kWords[Pick(std::size(kWords))]);
      }
    }
  }

  std::mt19937 random_{20240229};  // not seeded by the clock: a failure is the same in every run
};

TEST(Robustness, SeedsAreValid) {
  for (const char* seed : kSeeds) {
    auto settings = LoadText({}, seed);
    EXPECT_TRUE(settings.ok()) << seed << "\n" << settings.error().message();
  }
}

TEST(Robustness, CorruptedTextsAreRefusedOrValid) {
  constexpr int kTexts = 10000;
  Mutator mutator;
  int refused = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text = mutator.Next();
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    auto loaded = LoadText({}, text);
    if (loaded.ok()) continue;
    ++refused;
    EXPECT_EQ(loaded.error().kind(), ErrorKind::kInvalidArgument) << text;
  }
  // Neither so broken that only the first check is met nor so whole that nothing is tested.
  EXPECT_GT(refused, kTexts / 2);
  EXPECT_LT(refused, kTexts);
}

}  // namespace
}  // namespace buoy::config
