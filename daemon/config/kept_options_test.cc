#include "daemon/config/kept_options.h"

#include <gtest/gtest.h>

#include "daemon/config/load.h"

namespace buoy::config {
namespace {

constexpr char kBefore[] =
    R"({"bip": "10.1.0.1/24", "default-address-pools": [{"base": "10.2.0.0/16", "size": 24}],
        "labels": ["a=b"]})";
constexpr char kAfter[] =
    R"({"bip": "10.9.0.1/24", "mtu": 1400, "exec-root": "/run/other", "labels": ["c=d"],
        "iptables": false, "storage-driver": "overlay2"})";

Settings From(const std::string& text) {
  auto settings = LoadText({}, text);
  EXPECT_TRUE(settings.ok()) << settings.error().message();
  return *settings;
}

std::string Names(const std::vector<KeptOption>& kept) {
  std::string names;
  for (const auto& option : kept) names += std::string(option.key->name) + " ";
  return names;
}

TEST(KeptOptions, WhatContainersStandOnStays) {
  Settings settings = From(kAfter);
  auto kept = KeepOptions(KeptOptionsJson(From(kBefore)), {true, true}, settings);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(Names(*kept), "bip exec-root iptables mtu ");
  EXPECT_EQ((*kept)[0].was, R"("10.1.0.1/24")");
  EXPECT_EQ((*kept)[0].wanted, R"("10.9.0.1/24")");
  EXPECT_EQ(settings.String("bip"), "10.1.0.1/24");
  // Only of networks to come.
  EXPECT_EQ(settings.GetList("default-address-pools"),
            From(kAfter).GetList("default-address-pools"));
  EXPECT_EQ(settings.Int("mtu"), 1500);
  EXPECT_TRUE(settings.Bool("iptables"));
  EXPECT_EQ(settings.GetList("labels"), List{"c=d"});
}

TEST(KeptOptions, OnlyWhatRunsForbids) {
  Settings settings = From(kAfter);
  const std::string json = KeptOptionsJson(From(kBefore));
  EXPECT_EQ(Names(*KeepOptions(json, {false, false}, settings)), "");
  EXPECT_EQ(settings, From(kAfter));
  EXPECT_EQ(Names(*KeepOptions(json, {true, false}, settings)), "exec-root ");
  EXPECT_EQ(settings.String("bip"), "10.9.0.1/24");
}

TEST(KeptOptions, AnOlderReleaseKnewFewerOptions) {
  Settings settings = From(kAfter);
  EXPECT_EQ(Names(*KeepOptions(R"({"mtu": 1500, "gone": 1})", {true, true}, settings)), "mtu ");
  EXPECT_FALSE(KeepOptions("nonsense", {true, true}, settings).ok());
}

TEST(KeptOptions, AnotherStorageDriverWaits) {
  Settings settings = From(R"({"storage-driver": "vfs"})");
  auto kept = KeepOptions(KeptOptionsJson(From("")), {true, true}, settings);
  EXPECT_EQ(Names(*kept), "storage-driver ");
  EXPECT_EQ(settings.String("storage-driver"), "");
}

}  // namespace
}  // namespace buoy::config
