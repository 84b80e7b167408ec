#include "daemon/config/reload_plan.h"

#include <gtest/gtest.h>

#include "daemon/config/config_json.h"
#include "daemon/config/load.h"
#include "daemon/config/notices.h"

namespace buoy::config {
namespace {

using Arguments = std::vector<std::string>;

Settings From(const std::string& text, const Arguments& arguments = {}) {
  auto line = ParseCommandLine(arguments);
  EXPECT_TRUE(line.ok()) << line.error().message();
  auto settings = LoadText(*line, text);
  EXPECT_TRUE(settings.ok()) << settings.error().message();
  return *settings;
}

std::map<std::string, std::string> Verdicts(const ReloadPlan& plan) {
  std::map<std::string, std::string> verdicts;
  for (const Change& change : plan.changes) verdicts[change.key->name] = change.VerdictText();
  return verdicts;
}

using Expected = std::map<std::string, std::string>;

TEST(PlanReload, NothingChanged) {
  Settings settings = From(R"({"debug": true})");
  EXPECT_TRUE(PlanReload(settings, settings).changes.empty());
  // Only the source is another.
  EXPECT_TRUE(PlanReload(From(R"({"mtu": 1500})"), From("")).changes.empty());
}

TEST(PlanReload, AVerdictForEveryChangedKey) {
  ReloadPlan plan =
      PlanReload(From(R"({"debug": true, "bip": "10.0.0.1/24"})"),
                 From(R"({"log-driver": "none", "data-root": "/x", "labels": ["a=b"]})"));
  EXPECT_EQ(Verdicts(plan), (Expected{{"debug", "live"},
                                      {"bip", "restart needed"},
                                      {"log-driver", "new containers"},
                                      {"data-root", "restart needed"},
                                      {"labels", "live"}}));
}

// Every key of the table, changed alone, is named once with the table's verdict.
class EveryKey : public testing::TestWithParam<const Key*> {};

TEST_P(EveryKey, HasTheTablesVerdict) {
  const Key& key = *GetParam();
  Settings running, loaded;
  Value value = DefaultValue(key);
  if (auto* flag = std::get_if<bool>(&value)) *flag = !*flag;
  if (auto* number = std::get_if<int64_t>(&value)) *number += 1;
  if (auto* text = std::get_if<std::string>(&value)) *text = R"({"a":1})";
  if (std::holds_alternative<List>(value)) value = List{"base=10.0.0.0/8,size=24"};
  if (std::holds_alternative<Map>(value)) value = Map{{"a=b", "1:2"}};
  if (key.type == Type::kRuntimes) value = Map{{"a", R"({"path":"/a"})"}};
  loaded.Set(key.name, value, Source::kFile);
  ReloadPlan plan = PlanReload(running, loaded);
  ASSERT_EQ(plan.changes.size(), 1u);
  EXPECT_EQ(plan.changes[0].key, &key);
  EXPECT_EQ(plan.changes[0].VerdictText(), OnReloadText(key.reload));
  Settings next = ApplyReload(running, loaded, plan);
  bool taken = next.Get(key.name) == value;
  EXPECT_EQ(taken, key.reload != OnReload::kRestart);
  // What waits for the restart is named again by the next reload.
  EXPECT_EQ(PlanReload(next, loaded).changes.empty(), taken);
}

std::vector<const Key*> AllKeys() {
  std::vector<const Key*> keys;
  for (const Key& key : Keys()) keys.push_back(&key);
  return keys;
}

INSTANTIATE_TEST_SUITE_P(All, EveryKey, testing::ValuesIn(AllKeys()), [](const auto& info) {
  std::string name = info.param->name;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
});

const Refusal kSwarm = {"live-restore",
                        [](const Settings& next) { return next.Bool("live-restore"); },
                        "--live-restore daemon configuration is incompatible with swarm mode"};

TEST(PlanReload, ARefusalChangesNothing) {
  Settings running = From("");
  Settings loaded = From(R"({"live-restore": true, "debug": true})");
  ReloadPlan plan = PlanReload(running, loaded, {kSwarm});
  EXPECT_TRUE(plan.refused());
  EXPECT_EQ(plan.RefusedText(),
            "--live-restore daemon configuration is incompatible with swarm mode");
  EXPECT_EQ(Verdicts(plan),
            (Expected{{"debug", "live"},
                      {"live-restore",
                       "refused: --live-restore daemon configuration is incompatible with swarm "
                       "mode"}}));
  EXPECT_EQ(ApplyReload(running, loaded, plan), running);
  EXPECT_FALSE(PlanReload(loaded, running, {kSwarm}).refused());
  EXPECT_FALSE(PlanReload(running, From(R"({"debug": true})"), {kSwarm}).refused());
}

TEST(PlanReload, AnswerAsJson) {
  Settings running = From("");
  Settings loaded =
      From(R"({"debug": true, "proxies": {"https-proxy": "http://u:p@h:1"}, "hosts": ["fd://"]})");
  ReloadPlan plan = PlanReload(running, loaded);
  std::string changes =
      R"("Changes":[{"Key":"debug","Verdict":"live","InEffect":"yes","Old":false,"OldSource":"default","New":true,"NewSource":"file"},)"
      R"({"Key":"hosts","Verdict":"restart needed","InEffect":"yes","Old":["unix:///var/run/docker.sock"],"OldSource":"default","New":["fd://"],"NewSource":"file"},)"
      R"({"Key":"https-proxy","Verdict":"live","InEffect":"yes","Old":"","OldSource":"default","New":"http://xxxxx:xxxxx@h:1","NewSource":"file"}]})";
  EXPECT_EQ(ReloadPlanJson(plan, "/f", false),
            R"({"ConfigFile":"/f","DryRun":false,"Applied":true,)" + changes);
  EXPECT_EQ(ReloadPlanJson(plan, "/f", true),
            R"({"ConfigFile":"/f","DryRun":true,"Applied":false,)" + changes);
}

TEST(ReloadEvent, HasDockersAttributes) {
  EXPECT_EQ(ReloadEventAttributes(From(""), {"runc", "private"}),
            (Expected{{"debug", "false"},
                      {"default-cgroupns-mode", "private"},
                      {"default-ipc-mode", "private"},
                      {"default-runtime", "runc"},
                      {"default-shm-size", "67108864"},
                      {"features", "map[]"},
                      {"insecure-registries", "[]"},
                      {"labels", "[]"},
                      {"live-restore", "false"},
                      {"max-concurrent-downloads", "3"},
                      {"max-concurrent-uploads", "5"},
                      {"max-download-attempts", "5"},
                      {"registry-mirrors", "[]"},
                      {"runtimes", ""},
                      {"shutdown-timeout", "15"}}));
  auto attributes = ReloadEventAttributes(
      From(R"({"features": {"b": true, "a": false}, "labels": ["a=<b>"], "default-runtime": "x",
               "runtimes": {"x": {"path": "/x"}, "y": {"path": "/y"}},
               "default-cgroupns-mode": "host", "registry-mirrors": ["https://m"]})"),
      {"runc", "private"});
  EXPECT_EQ(attributes["features"], "map[a:false b:true]");
  EXPECT_EQ(attributes["labels"], "[\"a=\\u003cb\\u003e\"]");
  EXPECT_EQ(attributes["runtimes"], "x:/x y:/y");
  EXPECT_EQ(attributes["default-runtime"], "x");
  EXPECT_EQ(attributes["default-cgroupns-mode"], "host");
  EXPECT_EQ(attributes["registry-mirrors"], "[\"https://m/\"]");
}

TEST(ConfigJson, ValueSourceAndWhatWaits) {
  std::string json =
      ConfigJson(From(R"({"log-opts": {"splunk-token": "s3cret", "max-size": "1m"}})", {"-D"}),
                 From(R"({"data-root": "/x"})"), "/f");
  EXPECT_TRUE(json.starts_with(R"({"ConfigFile":"/f","Settings":[{"Key":"allow-direct-routing",)"));
  for (
      const char* entry :
      {R"({"Key":"debug","Flag":"--debug","Value":true,"Source":"flag","OnReload":"live","InEffect":"yes","Pending":false})",
       R"({"Key":"data-root","Flag":"--data-root","Value":"/var/lib/buoy","Source":"default","OnReload":"restart needed","InEffect":"yes","Pending":"/x"})",
       R"("Value":{"max-size":"1m","splunk-token":"xxxxx"},"Source":"file")",
       R"({"Key":"containerd","Flag":"--containerd","Value":"","Source":"default","OnReload":"restart needed","InEffect":"no"})"}) {
    EXPECT_NE(json.find(entry), std::string::npos) << entry << "\n" << json;
  }
  EXPECT_EQ(json.find("s3cret"), std::string::npos);
}

TEST(ConfigJson, GivenSettings) {
  EXPECT_EQ(GivenSettingsJson(From("")), "{}");
  EXPECT_EQ(GivenSettingsJson(
                From(R"({"mtu": 1400, "proxies": {"http-proxy": "u:p@h"}, "default-shm-size": "1g",
                         "default-ulimits": {"nofile": {"Soft": 1, "Hard": 2}},
                         "default-network-opts": {"bridge": {"k": "v"}},
                         "default-address-pools": [{"base": "10.0.0.0/8", "size": 24}]})")),
            R"({"default-address-pools":[{"base":"10.0.0.0/8","size":24}],)"
            R"("default-network-opts":{"bridge":{"k":"v"}},"default-shm-size":"1GiB",)"
            R"("default-ulimits":{"nofile":{"Hard":2,"Name":"nofile","Soft":1}},)"
            R"("http-proxy":"xxxxx:xxxxx@h","mtu":1400})");
}

TEST(Notices, SayWhatHasNoEffect) {
  EXPECT_TRUE(Notices(From(R"({"debug": true, "selinux-enabled": false})")).empty());
  EXPECT_EQ(Notices(From(R"({"userns-remap": "default"})", {"--containerd=/x"})),
            (Arguments{"The flag --containerd has no effect: it belongs to a part of Docker that "
                       "Buoy does not have",
                       "The configuration file's \"userns-remap\" is accepted but not in effect "
                       "yet"}));
}

TEST(HostWarnings, TcpWithoutClientCertificates) {
  EXPECT_TRUE(HostWarnings(From(""), "unix:///x").empty());
  EXPECT_TRUE(HostWarnings(From("", {"--tlsverify"}), "tcp://0.0.0.0:2376").empty());
  EXPECT_EQ(HostWarnings(From(""), "tcp://127.0.0.1:2375").size(), 3u);
  EXPECT_EQ(HostWarnings(From(""), "tcp://[::1]:2375").size(), 3u);
  EXPECT_EQ(HostWarnings(From("", {"--tls=false"}), "tcp://0.0.0.0:2375").size(), 3u);
  EXPECT_EQ(HostWarnings(From(""), "tcp://0.0.0.0:2375").size(), 7u);
}

TEST(StdioBuffer, IsBoundedByThePipes) {
  EXPECT_EQ(From("").Int("stdio-buffer-size"), 65536);
  auto settings = LoadText({}, R"({"stdio-buffer-size": "1t"})");
  ASSERT_FALSE(settings.ok());
  EXPECT_NE(settings.error().message().find(
                "invalid stdio-buffer-size (1099511627776): value must be between 4096 and "),
            std::string::npos);
}

}  // namespace
}  // namespace buoy::config
