#include "api/distribution/manifest.h"

#include <gtest/gtest.h>

#include <random>

namespace buoy::distribution {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string Descriptor(const std::string& type, const std::string& more = "") {
  return R"({"mediaType":")" + type + R"(","digest":")" + kDigest + R"(","size":10)" + more + "}";
}

std::string ImageManifest(const std::string& type = kOciManifest) {
  return R"({"schemaVersion":2,"mediaType":")" + type + R"(","config":)" +
         Descriptor(kDockerConfig) + R"(,"layers":[)" + Descriptor(kDockerLayer) + "," +
         Descriptor("") + "]}";
}

std::string Index() {
  return std::string(R"({"schemaVersion":2,"mediaType":")") + kOciIndex + R"(","manifests":[)" +
         Descriptor(kOciManifest,
                    R"(,"platform":{"os":"linux","architecture":"arm","variant":"v7"})") +
         "," + Descriptor(kOciManifest) + "]}";
}

std::string ErrorFor(const std::string& text, const std::string& type = "") {
  auto parsed = ParseManifest(text, type, "docker.io/library/x:1");
  return parsed.ok() ? "OK" : parsed.error().message();
}

TEST(ManifestTest, AnImage) {
  for (const char* type : {kOciManifest, kDockerManifest}) {
    auto parsed = ParseManifest(ImageManifest(type), std::string(type) + "; charset=utf-8");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_FALSE(parsed->is_index);
    EXPECT_EQ(parsed->config.digest, kDigest);
    ASSERT_EQ(parsed->layers.size(), 2u);
    EXPECT_EQ(parsed->layers[0].media_type, kDockerLayer);
    EXPECT_EQ(parsed->layers[1].size, 10);
  }
}

TEST(ManifestTest, AnIndex) {
  auto parsed = ParseManifest(Index(), "");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_TRUE(parsed->is_index);
  ASSERT_EQ(parsed->manifests.size(), 2u);
  ASSERT_TRUE(parsed->manifests[0].platform);
  EXPECT_EQ(parsed->manifests[0].platform->variant, "v7");
  EXPECT_FALSE(parsed->manifests[1].platform);
}

TEST(ManifestTest, TheTypeMustBeClear) {
  std::string untyped = R"({"config":)" + Descriptor("") + R"(,"layers":[]})";
  EXPECT_EQ(ErrorFor(untyped), "OK");
  EXPECT_EQ(ErrorFor(untyped, kDockerManifest),
            "mediaType in manifest should be '" + std::string(kDockerManifest) + "' not ''");
  EXPECT_EQ(ErrorFor(R"({"manifests":[],"layers":[]})"), "media-type: cannot determine");
  EXPECT_NE(ErrorFor(ImageManifest(), kOciIndex).find("should be"), std::string::npos);
  EXPECT_EQ(ErrorFor(R"({"mediaType":"application/x","config":{}})"),
            "unsupported manifest format");
  EXPECT_NE(ErrorFor(R"({"fsLayers":[]})").find("docker.io/library/x:1 to upgrade"),
            std::string::npos);
}

TEST(ManifestTest, DescriptorsAreChecked) {
  for (const char* bad : {R"({"digest":"sha256:..","size":1})", R"({"size":1})", "7", "[]",
                          R"({"digest":7,"size":1})"}) {
    EXPECT_NE(ErrorFor(std::string(R"({"config":)") + bad + "}"), "OK") << bad;
  }
  for (const char* size : {"-1", "1.5", "\"1\"", "null", "18446744073709551615", "1e3"}) {
    std::string text = R"({"config":{"digest":")" + kDigest + R"(","size":)" + size + "}}";
    EXPECT_NE(ErrorFor(text).find("has no valid size"), std::string::npos) << size;
  }
}

TEST(ManifestTest, MutatedTextsDoNotHurt) {
  std::mt19937 dice(1);
  const std::string seeds[] = {ImageManifest(), ImageManifest(kDockerManifest), Index()};
  int good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[dice() % 3];
    for (unsigned i = 0; i <= dice() % 4; ++i) {
      const size_t at = dice() % text.size();
      switch (dice() % 4) {
        case 0:
          text[at] = static_cast<char>(dice());
          break;
        case 1:
          text.erase(at, dice() % 20);
          break;
        case 2:
          text.insert(at, text.substr(dice() % text.size(), dice() % 40));
          break;
        default:
          text.insert(at, 1, "{}[]\",:0-"[dice() % 9]);
      }
      if (text.empty()) text = "x";
    }
    auto parsed = ParseManifest(text, "");
    if (!parsed.ok()) continue;
    ++good;
    for (const auto& layer : parsed->layers) EXPECT_GE(layer.size, 0);
  }
  EXPECT_GT(good, 0);
}

TEST(ManifestTest, WhatBelongsToImages) {
  for (const char* type : {kDockerLayer, "application/vnd.oci.image.layer.v1.tar+zstd", "",
                           "application/octet-stream", kDockerConfig}) {
    EXPECT_TRUE(CheckImageMediaType(type).ok()) << type;
  }
  for (const char* type :
       {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar", "application/vnd.oci.images",
        "application/vnd.oci.empty.v1+json", "application/vnd.docker.ai.model"}) {
    EXPECT_FALSE(CheckImageMediaType(type).ok()) << type;
  }
}

}  // namespace
}  // namespace buoy::distribution
