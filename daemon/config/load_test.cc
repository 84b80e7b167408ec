#include "daemon/config/load.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "common/unix/file.h"
#include "daemon/config/key.h"
#include "daemon/config/text.h"

namespace buoy::config {
namespace {

using Arguments = std::vector<std::string>;

constexpr char kUnable[] = "unable to configure the Docker daemon with file /x/daemon.json: ";

Result<Settings> LoadWith(const std::string& text, Arguments arguments = {}) {
  arguments.push_back("--config-file=/x/daemon.json");
  BUOY_ASSIGN(CommandLine line, ParseCommandLine(arguments));
  return LoadText(line, text);
}

Settings Loaded(const std::string& text, const Arguments& arguments = {}) {
  auto settings = LoadWith(text, arguments);
  EXPECT_TRUE(settings.ok()) << settings.error().message();
  return settings.ok() ? *settings : Settings();
}

std::string ErrorOf(const std::string& text, const Arguments& arguments = {}) {
  auto settings = LoadWith(text, arguments);
  return settings.ok() ? "no error" : settings.error().message();
}

TEST(Load, DefaultsOfDocker) {
  Settings settings = Loaded("");
  EXPECT_EQ(settings.Int("max-concurrent-downloads"), 3);
  EXPECT_EQ(settings.Int("max-concurrent-uploads"), 5);
  EXPECT_EQ(settings.Int("max-download-attempts"), 5);
  EXPECT_EQ(settings.Int("shutdown-timeout"), 15);
  EXPECT_EQ(settings.Int("default-shm-size"), 64 << 20);
  EXPECT_EQ(settings.Int("mtu"), 1500);
  EXPECT_EQ(settings.String("log-driver"), "json-file");
  EXPECT_EQ(settings.String("default-ipc-mode"), "private");
  EXPECT_TRUE(settings.Bool("iptables") && settings.Bool("icc") && settings.Bool("ip-masq"));
  EXPECT_FALSE(settings.Bool("live-restore") || settings.Bool("debug"));
  EXPECT_EQ(settings.GetList("hosts"), List{"unix:///var/run/docker.sock"});
  EXPECT_EQ(settings.SourceOf("hosts"), Source::kDefault);
}

TEST(Load, FileAndFlagsWithTheirSources) {
  Settings settings = Loaded(R"({"debug": true, "iptables": false, "labels": ["a=b"],
      "log-opts": {"max-size": "1m"}, "default-shm-size": "1g"})",
                             {"--mtu=1400", "--live-restore"});
  EXPECT_TRUE(settings.Bool("debug"));
  EXPECT_FALSE(settings.Bool("iptables"));
  EXPECT_EQ(settings.SourceOf("iptables"), Source::kFile);
  EXPECT_EQ(settings.GetList("labels"), List{"a=b"});
  EXPECT_EQ(settings.GetMap("log-opts"), (Map{{"max-size", "1m"}}));
  EXPECT_EQ(settings.Int("default-shm-size"), 1 << 30);
  EXPECT_EQ(settings.Int("mtu"), 1400);
  EXPECT_EQ(settings.SourceOf("mtu"), Source::kFlag);
  EXPECT_TRUE(settings.IsSet("live-restore"));
  EXPECT_FALSE(settings.IsSet("bip"));
}

TEST(Load, ZeroInTheFileIsNotGivenButFalseIs) {
  Settings settings = Loaded(R"({"mtu": 0, "log-level": "", "icc": false, "debug": null,
      "max-concurrent-downloads": 0})");
  EXPECT_EQ(settings.Int("mtu"), 1500);
  EXPECT_EQ(settings.Int("max-concurrent-downloads"), 3);
  EXPECT_EQ(settings.String("log-level"), "info");
  EXPECT_FALSE(settings.Bool("icc"));
  EXPECT_FALSE(settings.IsSet("debug"));
}

TEST(Load, EveryKindOfValueInTheFile) {
  Settings settings = Loaded(R"({
    "dns": ["8.8.8.8", "::1"], "ip": "127.0.0.1",
    "features": {"buildkit": true, "cdi": false},
    "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 64000, "Soft": 3}, "core": {"hard": -1, "SOFT": -1}},
    "runtimes": {"kata": {"path": "/bin/kata", "runtimeArgs": ["-x"]}, "w": {"runtimeType": "io.w.v1", "options": {"a": 1}}},
    "default-runtime": "kata",
    "default-address-pools": [{"base": "172.30.0.0/16", "size": 24}],
    "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1234"}},
    "builder": {"gc": {"enabled": true}},
    "proxies": {"http-proxy": "http://u:p@h:1", "no-proxy": "localhost"}})");
  EXPECT_EQ(settings.GetList("dns"), (List{"8.8.8.8", "::1"}));
  EXPECT_EQ(settings.String("ip"), "127.0.0.1");
  EXPECT_EQ(settings.GetMap("features"), (Map{{"buildkit", "true"}, {"cdi", "false"}}));
  EXPECT_EQ(settings.GetMap("default-ulimits"), (Map{{"nofile", "3:64000"}, {"core", "-1:-1"}}));
  EXPECT_EQ(settings.GetMap("runtimes").at("kata"), R"({"path":"/bin/kata","runtimeArgs":["-x"]})");
  EXPECT_EQ(settings.GetMap("runtimes").at("w"), R"({"options":{"a":1},"runtimeType":"io.w.v1"})");
  EXPECT_EQ(settings.String("default-runtime"), "kata");
  EXPECT_EQ(settings.GetList("default-address-pools"), List{"base=172.30.0.0/16,size=24"});
  EXPECT_EQ(settings.GetMap("default-network-opts"),
            (Map{{"bridge=com.docker.network.driver.mtu", "1234"}}));
  EXPECT_EQ(settings.String("builder"), R"({"gc":{"enabled":true}})");
  EXPECT_EQ(settings.String("http-proxy"), "http://u:p@h:1");
  EXPECT_EQ(settings.String("no-proxy"), "localhost");
}

TEST(Load, RuntimesOfFlagAndFileMerge) {
  Settings settings = Loaded(R"({"runtimes": {"a": {"path": "/file"}, "b": {"path": "/b"}}})",
                             {"--add-runtime", "a=/flag", "--add-runtime", "c=/c"});
  EXPECT_EQ(
      settings.GetMap("runtimes"),
      (Map{{"a", R"({"path":"/file"})"}, {"b", R"({"path":"/b"})"}, {"c", R"({"path":"/c"})"}}));
}

TEST(Load, NamesOfFlagsAreDirectivesToo) {
  EXPECT_EQ(Loaded(R"({"host-gateway-ip": "10.0.0.1"})").GetList("host-gateway-ips"),
            List{"10.0.0.1"});
  EXPECT_EQ(Loaded(R"({"label": ["a=b"]})").GetList("labels"), List{"a=b"});
  EXPECT_EQ(ErrorOf(R"({"host-gateway-ip": "10.0.0.1", "host-gateway-ips": ["10.0.0.2"]})"),
            std::string(kUnable) +
                "host-gateway-ip and host-gateway-ips must not both be specified in the config "
                "file");
}

TEST(Load, TlsVerifyImpliesTls) {
  Settings settings = Loaded(R"({"tlsverify": true})");
  EXPECT_TRUE(settings.Bool("tls"));
  EXPECT_EQ(settings.GetList("hosts"), List{"tcp://localhost:2376"});
  EXPECT_TRUE(Loaded("", {"--tls"}).Bool("tlsverify"));
  settings = Loaded("", {"--tlsverify=false"});
  EXPECT_TRUE(settings.Bool("tls"));
  EXPECT_FALSE(settings.Bool("tlsverify"));
}

TEST(Load, CertificatesHaveDefaultPlaces) {
  ASSERT_EQ(::setenv("DOCKER_CERT_PATH", "/nowhere", 1), 0);
  EXPECT_EQ(Loaded("").String("tlscacert"), "");
  Settings settings = Loaded("", {"--tls", "--tlskey=/k"});
  EXPECT_EQ(settings.String("tlscacert"), "/nowhere/ca.pem");
  EXPECT_EQ(settings.String("tlscert"), "");
  EXPECT_EQ(settings.String("tlskey"), "/k");
  ::unsetenv("DOCKER_CERT_PATH");
}

TEST(Load, InsecureRegistries) {
  EXPECT_EQ(Loaded(R"({"insecure-registries": ["http://a.b:5000", "10.0.0.0/8", "[::1]:5000",
                       "fd00::1", "h"]})")
                .GetList("insecure-registries"),
            (List{"a.b:5000", "10.0.0.0/8", "[::1]:5000", "fd00::1", "h"}));
  EXPECT_EQ(ErrorOf("", {"--insecure-registry=ftp://x"}),
            "insecure registry ftp://x should not contain '://'");
  EXPECT_EQ(ErrorOf("", {"--insecure-registry=a_b"}),
            "insecure registry a_b is not valid: invalid host \"a_b\"");
  EXPECT_EQ(ErrorOf("", {"--insecure-registry=a:70000"}),
            "insecure registry a:70000 is not valid: invalid port \"70000\"");
}

TEST(Load, TheLastOfDoubledKeysCounts) {
  EXPECT_EQ(Loaded(R"({"mtu": 1, "mtu": 2})").Int("mtu"), 2);
}

TEST(Load, HalfASurrogatePairIsReadAsGoReadsIt) {
  EXPECT_EQ(Loaded(R"({"labels": ["a=\ud800x", "b=\ud83d\ude00", "c=\\ud800", "d=\udc00"]})")
                .GetList("labels"),
            (List{"a=\xef\xbf\xbdx", "b=\xf0\x9f\x98\x80", "c=\\ud800", "d=\xef\xbf\xbd"}));
}

// Every flag of dockerd 28.5; none may be unknown here.
TEST(Load, DockersFlagsAreAllKnown) {
  constexpr char kFlags[] =
      "add-runtime allow-direct-routing allow-nondistributable-artifacts api-cors-header "
      "authorization-plugin bip bip6 bridge cdi-spec-dir cgroup-parent containerd "
      "containerd-namespace containerd-plugins-namespace cpu-rt-period cpu-rt-runtime "
      "cri-containerd data-root debug default-address-pool default-cgroupns-mode "
      "default-gateway default-gateway-v6 default-ipc-mode default-network-opt "
      "default-runtime default-shm-size default-ulimit dns dns-opt dns-search exec-opt "
      "exec-root experimental feature fixed-cidr fixed-cidr-v6 group host host-gateway-ip "
      "http-proxy https-proxy icc init init-path insecure-registry ip ip-forward "
      "ip-forward-no-drop ip-masq ip6tables iptables ipv6 label live-restore log-driver "
      "log-format log-level log-opt max-concurrent-downloads max-concurrent-uploads "
      "max-download-attempts metrics-addr mtu network-control-plane-mtu "
      "network-diagnostic-port no-new-privileges no-proxy node-generic-resource pidfile "
      "raw-logs registry-mirror restart rootless seccomp-profile selinux-enabled "
      "shutdown-timeout storage-driver storage-opt swarm-default-advertise-addr tls "
      "tlscacert tlscert tlskey tlsverify userland-proxy userland-proxy-path userns-remap";
  size_t count = 0;
  for (const std::string& flag : Split(kFlags, ' ')) {
    EXPECT_NE(FindFlag(flag), nullptr) << flag;
    ++count;
  }
  EXPECT_EQ(count, 87u);
}

TEST(Load, HostsAreNormalisedSortedAndSingle) {
  EXPECT_EQ(Loaded("", {"-H", "unix://", "-H", "tcp://:2375", "-H", "fd://", "-H",
                        "unix:///var/run/docker.sock"})
                .GetList("hosts"),
            (List{"fd://", "tcp://localhost:2375", "unix:///var/run/docker.sock"}));
}

TEST(Load, BytesOrderMarks) {
  EXPECT_TRUE(Loaded("\xef\xbb\xbf{\"debug\":true}").Bool("debug"));
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (char c : std::string("{\"debug\":true}")) {
    little += {c, 0};
    big += {0, c};
  }
  EXPECT_TRUE(Loaded(little).Bool("debug"));
  EXPECT_TRUE(Loaded(big).Bool("debug"));
  EXPECT_EQ(ErrorOf("{\"labels\":[\"a=\xff\"]}"),
            std::string(kUnable) +
                "failed to decode configuration JSON at offset 14: encoding: invalid UTF-8");
  EXPECT_FALSE(Loaded(" \n\t").IsSet("debug"));
}

TEST(Load, Conflicts) {
  EXPECT_EQ(ErrorOf(R"({"labels": ["c=d"]})", {"--label", "a=b"}),
            std::string(kUnable) +
                "the following directives are specified both as a flag and in the configuration "
                "file: labels: (from flag: [a=b], from file: [c=d])");
  // The text of dockerd 20.10 for the same input, but that its dns is no slice of addresses.
  EXPECT_EQ(
      ErrorOf(
          R"({"max-concurrent-downloads":1000000,"mtu":123456,"dns":["1.1.1.1"],"log-opts":{"a":"b"},"features":{"b":true},"max-concurrent-uploads":123456789,"labels":["c=d"],"runtimes":{"x":{"path":"/x"}},"insecure-registries":[]})",
          {"--max-concurrent-downloads",
           "4",
           "--max-concurrent-uploads",
           "3",
           "--mtu",
           "3",
           "--dns",
           "8.8.8.8",
           "--dns",
           "1.2.3.4",
           "--log-opt",
           "x=y",
           "--label",
           "a=b",
           "--label",
           "b=c",
           "--add-runtime",
           "x=/y",
           "--insecure-registry",
           "foo"}),
      std::string(kUnable) +
          "the following directives are specified both as a flag and in the configuration file: "
          "dns: (from flag: [8.8.8.8,1.2.3.4], from file: [1.1.1.1]), insecure-registries: (from "
          "flag: [foo], from file: []), labels: (from flag: [a=b b=c], from file: [c=d]), "
          "log-opts: (from flag: map[x:y], from file: map[a:b]), max-concurrent-downloads: (from "
          "flag: 4, from file: 1e+06), max-concurrent-uploads: (from flag: 3, from file: "
          "1.23456789e+08), mtu: (from flag: 3, from file: 123456)");
  EXPECT_EQ(
      ErrorOf(
          R"({"default-address-pools":[{"base":"10.0.0.0/8","size":24}], "default-shm-size":"1g","default-ulimits":{"nofile":{"Name":"nofile","Hard":3,"Soft":3}}})",
          {"--default-address-pool", "base=10.1.0.0/16,size=24", "--default-shm-size", "3m",
           "--default-ulimit", "nofile=3:4"}),
      std::string(kUnable) +
          "the following directives are specified both as a flag and in the configuration file: "
          "default-address-pools: (from flag: 10.1.0.0/16 24, from file: [map[base:10.0.0.0/8 "
          "size:24]]), default-shm-size: (from flag: 3MiB, from file: 1g), default-ulimits: (from "
          "flag: [nofile=3:4], from file: map[nofile:map[Hard:3 Name:nofile Soft:3]])");
  EXPECT_EQ(ErrorOf(R"({"hosts": ["tcp://0.0.0.0:1"]})", {"-H", "fd://"}),
            std::string(kUnable) +
                "the following directives are specified both as a flag and in the configuration "
                "file: hosts: (from flag: [fd://], from file: [tcp://0.0.0.0:1])");
}

TEST(Load, ConflictsMaskCredentials) {
  EXPECT_EQ(ErrorOf(R"({"proxies": {"http-proxy": "http://user:secret@file:1"}})",
                    {"--http-proxy=http://me:hidden@flag:1"}),
            std::string(kUnable) +
                "the following directives are specified both as a flag and in the configuration "
                "file: http-proxy: (from flag: http://xxxxx:xxxxx@flag:1, from file: "
                "http://xxxxx:xxxxx@file:1)");
}

struct Wrong {
  const char* text;
  const char* error;
};

class WrongFiles : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFiles, AreRefusedInDockersWords) {
  EXPECT_EQ(ErrorOf(GetParam().text), kUnable + std::string(GetParam().error));
}

#define FIELD(kind, name, type) \
  "json: cannot unmarshal " kind " into Go struct field " name " of type " type
#define MERGED "merged configuration validation from file and command line flags failed: "

INSTANTIATE_TEST_SUITE_P(
    Syntax, WrongFiles,
    testing::Values(
        Wrong{"{", "unexpected end of JSON input"},
        Wrong{R"({"a"})", "invalid character '}' after object key"},
        Wrong{R"({"a":})", "invalid character '}' looking for beginning of value"},
        Wrong{"{}}", "invalid character '}' after top-level value"},
        Wrong{"{'a':1}", "invalid character '\\'' looking for beginning of object key string"},
        Wrong{"{,}", "invalid character ',' looking for beginning of object key string"},
        Wrong{R"({"a":1,})", "invalid character '}' looking for beginning of object key string"},
        Wrong{R"({"a":tru})", "invalid character '}' in literal true (expecting 'e')"},
        Wrong{R"({"a":1 "b"})", "invalid character '\"' after object key:value pair"},
        Wrong{"{\"a\":\"\n\"}", "invalid character '\\n' in string literal"},
        Wrong{R"({"a":"\x"})", "invalid character 'x' in string escape code"},
        Wrong{R"({"a":01})", "invalid character '1' after object key:value pair"},
        Wrong{R"({"a":-})", "invalid character '}' in numeric literal"},
        Wrong{R"({"a":1.})", "invalid character '}' after decimal point in numeric literal"},
        Wrong{R"({"a":1e})", "invalid character '}' in exponent of numeric literal"},
        Wrong{R"({"a":[1 2]})", "invalid character '2' after array element"},
        Wrong{R"({"a":"\u12"})", "invalid character '\"' in \\u hexadecimal character escape"},
        Wrong{"[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"},
        Wrong{"\"x\"",
              "json: cannot unmarshal string into Go value of type map[string]interface {}"}));

INSTANTIATE_TEST_SUITE_P(
    Types, WrongFiles,
    testing::Values(
        Wrong{R"({"debug":"x"})", FIELD("string", "Config.debug", "bool")},
        Wrong{R"({"mtu":"x"})", FIELD("string", "Config.mtu", "int")},
        Wrong{R"({"mtu":1.5})", FIELD("number 1.5", "Config.mtu", "int")},
        Wrong{R"({"cpu-rt-period":[]})", FIELD("array", "Config.cpu-rt-period", "int64")},
        Wrong{R"({"labels":"x"})", FIELD("string", "Config.labels", "[]string")},
        Wrong{R"({"labels":[1]})", FIELD("number", "Config.labels", "string")},
        Wrong{R"({"log-opts":{"a":1}})", FIELD("number", "Config.log-opts", "string")},
        Wrong{R"({"dns":[1]})", FIELD("number", "Config.dns", "net.IP")},
        Wrong{R"({"dns":["x"]})", "invalid IP address: x"},
        Wrong{R"({"ip":"x"})", "invalid IP address: x"},
        Wrong{R"({"host-gateway-ips":["x"]})", "ParseAddr(\"x\"): unable to parse IP"},
        Wrong{R"({"runtimes":[]})", FIELD("array", "Config.runtimes", "map[string]system.Runtime")},
        Wrong{R"({"runtimes":{"a":{"path":1}}})",
              FIELD("number", "Runtime.runtimes.path", "string")},
        Wrong{R"({"features":{"a":1}})", FIELD("number", "Config.features", "bool")},
        Wrong{R"({"default-shm-size":64})", "invalid size: \"64\""},
        Wrong{R"({"default-shm-size":"x"})", "invalid size: 'x'"},
        Wrong{R"({"default-ulimits":{"nofile":1}})",
              FIELD("number", "Config.default-ulimits", "units.Ulimit")},
        Wrong{R"({"default-address-pools":[{"base":"x","size":1}]})",
              "netip.ParsePrefix(\"x\"): no '/'"},
        Wrong{R"({"tls":"x"})", FIELD("string", "Config.tls", "bool")},
        Wrong{R"({"mtu":1e999})",
              "json: cannot unmarshal number 1e999 into Go value of type float64"},
        Wrong{R"({"builder":3})", FIELD("number", "Config.builder", "config.BuilderConfig")}));

INSTANTIATE_TEST_SUITE_P(
    Directives, WrongFiles,
    testing::Values(
        Wrong{R"({"zzz":1,"aaa":2})",
              "the following directives don't match any configuration option: aaa, zzz"},
        Wrong{R"({"default-address-pools":{"base":"x"}})",
              "the following directives don't match any configuration option: base"},
        Wrong{R"({"proxies":{"nope":1}})",
              "the following directives don't match any configuration option: nope"},
        Wrong{R"({"swarm-raft-heartbeat-tick":2})",
              "the following directives don't match any configuration option: "
              "swarm-raft-heartbeat-tick"},
        Wrong{R"({"validate":true})",
              "the following directives don't match any configuration option: validate"}));

INSTANTIATE_TEST_SUITE_P(
    Values, WrongFiles,
    testing::Values(
        Wrong{R"({"log-level":"x"})", MERGED "invalid logging level: x"},
        Wrong{R"({"log-format":"x"})", MERGED "invalid log format: x"},
        Wrong{R"({"labels":["x"]})", MERGED "bad attribute format: x"},
        Wrong{R"({"mtu":-1})", MERGED "invalid default MTU: -1"},
        Wrong{R"({"max-concurrent-downloads":-2})", MERGED "invalid max concurrent downloads: -2"},
        Wrong{R"({"hosts":["foo://"]})",
              MERGED "invalid bind address (foo://): unsupported proto 'foo'"},
        Wrong{R"({"registry-mirrors":["ftp://x"]})",
              MERGED "invalid mirror: unsupported scheme \"ftp\" in \"ftp://x\": must use either "
                     "'https://' or 'http://'"},
        Wrong{R"({"exec-opts":["a"]})",
              MERGED "invalid exec-opt (a): must be formatted 'opt=value'"},
        Wrong{R"({"default-ipc-mode":"host"})",
              MERGED "IPC mode \"host\" is not supported as default value; use \"shareable\" or "
                     "\"private\""},
        Wrong{R"({"host-gateway-ips":["1.1.1.1","1.1.1.2"]})",
              MERGED "only one IPv4 host gateway IP address can be specified"}));

struct Together {
  Arguments arguments;
  const char* error;
};

class RulesBetweenKeys : public testing::TestWithParam<Together> {};

TEST_P(RulesBetweenKeys, AreDockers) {
  EXPECT_EQ(ErrorOf("", GetParam().arguments), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, RulesBetweenKeys,
    testing::Values(
        Together{{"-b", "br0", "--bip=10.0.0.1/8"},
                 "You specified -b & --bip, mutually exclusive options. Please specify only one"},
        Together{{"-b", "br0", "--bip6=fd00::1/64"},
                 "You specified -b & --bip6, mutually exclusive options. Please specify only one"},
        Together{{"--icc=false", "--iptables=false"},
                 "You specified --iptables=false with --icc=false. ICC=false uses iptables to "
                 "function. Please set --icc or --iptables to true"},
        Together{{"--icc=false", "--ipv6", "--ip6tables=false"},
                 "You specified --ip6tables=false with --icc=false. ICC=false uses ip6tables to "
                 "function. Please set --icc or --ip6tables to true"},
        Together{{"--default-runtime=x"}, "specified default runtime 'x' does not exist"},
        Together{{"--label=a=b", "--label=a=c"}, "conflict labels for a=c and a=b"},
        Together{{"--exec-opt=native.cgroupdriver=systemd", "--cgroup-parent=/x"},
                 "cgroup-parent for systemd cgroup should be a valid slice named as "
                 "\"xxx.slice\""},
        Together{{"--containerd-namespace=x", "--containerd-plugins-namespace=x"},
                 "containers namespace and plugins namespace cannot be the same"}));

TEST(Load, RuntimeEntries) {
  EXPECT_EQ(ErrorOf(R"({"runtimes": {"runc": {"path": "/x"}}})"),
            "runtime name 'runc' is reserved");
  EXPECT_EQ(ErrorOf(R"({"runtimes": {"a": {}}})"),
            "runtime a: either a runtimeType or a path must be configured");
  EXPECT_EQ(ErrorOf(R"({"runtimes": {"a": {"path": "/x", "runtimeType": "y"}}})"),
            "runtime a: cannot configure both path and runtimeType for the same runtime");
  EXPECT_TRUE(LoadWith(R"({"default-runtime": "runc"})").ok());
}

TEST(Load, NestingAndSizeAreBounded) {
  EXPECT_EQ(ErrorOf("{\"builder\":" + std::string(100000, '[')),
            std::string(kUnable) + "exceeded max depth");
  EXPECT_EQ(ErrorOf(std::string(5 << 20, ' ')),
            std::string(kUnable) + "the file is larger than 4MiB");
}

TEST(Load, AReloadWordsRefusedValuesItsOwnWay) {
  auto settings = LoadText({}, R"({"mtu": -1})", Occasion::kReload);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().message(),
            "file configuration validation failed: invalid default MTU: -1");
  settings = LoadText({}, "{", Occasion::kReload);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().message(),
            "unable to configure the Docker daemon with file /etc/docker/daemon.json: unexpected "
            "end of JSON input");
}

class LoadFromDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/config-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = pattern + "/daemon.json";
  }
  std::string path_;
};

TEST_F(LoadFromDisk, MissingIsFineUnlessNamed) {
  CommandLine line;
  line.config_file = path_;
  EXPECT_TRUE(Load(line).ok());
  line.config_file_given = true;
  auto settings = Load(line);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().message(), "unable to configure the Docker daemon with file " + path_ +
                                            ": open " + path_ + ": no such file or directory");
}

TEST_F(LoadFromDisk, IsReadAnewEachTime) {
  CommandLine line;
  line.config_file = path_;
  ASSERT_TRUE(WriteFileAtomic(path_, R"({"debug": true})").ok());
  EXPECT_TRUE(Load(line)->Bool("debug"));
  ASSERT_TRUE(WriteFileAtomic(path_, R"({"debug": false})").ok());
  EXPECT_FALSE(Load(line)->Bool("debug"));
}

}  // namespace
}  // namespace buoy::config
