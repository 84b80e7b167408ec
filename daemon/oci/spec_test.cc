#include "daemon/oci/spec.h"

#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "daemon/oci/capabilities.h"
#include "daemon/oci/devices.h"
#include "daemon/oci/seccomp.h"
#include "daemon/oci/spec_types.h"

namespace buoy::oci {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

class SpecTest : public testing::Test {
 protected:
  SpecTest() {
    config_.cmd = {"sh", "-c", "true"};
    config_.hostname = "abc";
    host_.sys_info.cpus = 2;
    host_.sys_info.memory_limit = host_.sys_info.swap_limit = true;
    host_.sys_info.cpu_cfs = host_.sys_info.seccomp = true;
    host_.sys_info.pids_limit = host_.sys_info.ipv4_forwarding = true;
    host_.sys_info.memory_swappiness = host_.sys_info.oom_kill_disable = true;
    host_.sys_info.cpuset = true;
    host_.sys_info.cpuset_cpus = "0-1";
    host_config_.network_mode = "bridge";
  }
  Spec Build() {
    AdaptHostConfig(host_config_, host_);
    auto text = BuildSpec(Input());
    EXPECT_TRUE(text.ok()) << (text.ok() ? "" : text.error().message());
    return text.ok() ? SpecFromJson(*text).value() : Spec();
  }
  SpecInput Input() {
    SpecInput input;
    input.id = "cid";
    input.config = &config_;
    input.host_config = &host_config_;
    input.host = &host_;
    input.rootfs = "/r";
    input.netns_path = "/run/ns";
    input.user.additional_gids = {0};
    input.user.home = "/root";
    return input;
  }
  std::string Refusal() {
    auto verdict = VerifyHostConfig(host_config_, &config_, host_);
    return verdict.ok() ? "" : verdict.error().message();
  }

  types::ContainerConfig config_;
  types::HostConfig host_config_;
  HostSettings host_;
};

TEST_F(SpecTest, Default) {
  Spec spec = Build();
  EXPECT_EQ(spec.process.args, (std::vector<std::string>{"sh", "-c", "true"}));
  EXPECT_EQ(
      spec.process.env,
      (std::vector<std::string>{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "HOSTNAME=abc", "HOME=/root"}));
  EXPECT_EQ(spec.process.capabilities->bounding.size(), 14u);
  EXPECT_EQ(spec.hostname, "abc");
  EXPECT_EQ(spec.linux_part.cgroups_path, "/docker/cid");
  ASSERT_EQ(spec.mounts.size(), 7u);
  EXPECT_TRUE(Contains(spec.mounts[6].options, "size=67108864"));
  std::vector<std::string> namespaces;
  for (const auto& ns : spec.linux_part.namespaces) namespaces.push_back(ns.type + ns.path);
  EXPECT_EQ(namespaces, (std::vector<std::string>{"mount", "network/run/ns", "uts", "pid", "ipc"}));
  EXPECT_TRUE(Contains(spec.linux_part.masked_paths, "/proc/interrupts"));
  EXPECT_FALSE(spec.linux_part.seccomp.text.empty());
  EXPECT_EQ(spec.linux_part.resources.devices.size(), 8u);
}

TEST_F(SpecTest, PrivilegedAndHostModes) {
  host_config_.privileged = true;
  host_config_.network_mode = host_config_.pid_mode = host_config_.ipc_mode = "host";
  host_config_.uts_mode = "host";
  Spec spec = Build();
  EXPECT_EQ(spec.linux_part.namespaces.size(), 1u);
  EXPECT_TRUE(spec.hostname.empty());
  EXPECT_TRUE(spec.linux_part.seccomp.text.empty());
  EXPECT_TRUE(spec.linux_part.masked_paths.empty());
  EXPECT_EQ(spec.process.capabilities->bounding, AvailableCapabilities());
  for (const auto& mount : spec.mounts) EXPECT_FALSE(Contains(mount.options, "ro"));
  EXPECT_FALSE(spec.linux_part.sysctl.contains("net.ipv4.ip_unprivileged_port_start"));
  host_config_.sysctls["net.ipv4.ip_forward"] = "1";
  EXPECT_NE(BuildSpec(Input()).error().message().find(
                "sysctl \"net.ipv4.ip_forward\" not allowed in host network namespace"),
            std::string::npos);
}

TEST_F(SpecTest, EnvironmentAndArguments) {
  config_.entrypoint = {"/entry"};
  config_.env = {"PATH=/x", "HOSTNAME", "A=1=2"};
  config_.tty = true;
  Spec spec = Build();
  EXPECT_EQ(spec.process.args[0], "/entry");
  EXPECT_EQ(spec.process.env,
            (std::vector<std::string>{"PATH=/x", "TERM=xterm", "A=1=2", "HOME=/root"}));
  config_.entrypoint = {""};
  config_.cmd.clear();
  EXPECT_EQ(ProcessArgs(config_).error().message(), "no command specified");
}

TEST_F(SpecTest, MountsAndReadOnlyRoot) {
  host_config_.readonly_rootfs = true;
  host_config_.tmpfs["/run"] = "size=1m,exec";
  auto input = Input();
  MountPlan bind = ParseBind("/etc:/data:ro", "").value();
  input.mounts = {bind};
  AdaptHostConfig(host_config_, host_);
  Spec spec = SpecFromJson(BuildSpec(input).value()).value();
  EXPECT_TRUE(spec.root.readonly);
  for (const auto& mount : spec.mounts) {
    if (mount.destination == "/data") {
      EXPECT_EQ(mount.options, (std::vector<std::string>{"rbind", "ro", "rprivate"}));
    }
    if (mount.destination == "/run") {
      EXPECT_EQ(mount.options,
                (std::vector<std::string>{"nosuid", "nodev", "rprivate", "size=1m", "exec"}));
    }
  }
  host_config_.tmpfs["/run"] = "bogus";
  EXPECT_EQ(BuildSpec(input).error().message(), "invalid tmpfs option \"bogus\"");
}

TEST_F(SpecTest, CrunIsToldWhatBindsOfRuncKeep) {
  SpecInput input = Input();
  input.runtime_rro = true;
  for (const char* source : {"/proc", "/proc/version"}) {
    MountPlan plan;
    plan.type = "bind";
    plan.source = source;
    plan.destination = std::string("/from") + source;
    plan.rw = false;
    plan.propagation = "rprivate";
    input.mounts.push_back(plan);
  }
  struct statvfs facts;
  ASSERT_EQ(statvfs("/proc", &facts), 0);
  for (const bool crun : {false, true}) {
    input.runtime_is_crun = crun;
    AdaptHostConfig(host_config_, host_);
    const Spec spec = SpecFromJson(BuildSpec(input).value()).value();
    for (const auto& mount : spec.mounts) {
      if (!mount.destination.starts_with("/from/")) continue;
      const bool file = mount.source == "/proc/version";
      std::vector<std::string> expected = {"rbind", crun && file ? "ro" : "rro"};
      if (crun && (facts.f_flag & ST_NOSUID) != 0) expected.push_back("nosuid");
      if (crun && (facts.f_flag & ST_NODEV) != 0) expected.push_back("nodev");
      if (crun && (facts.f_flag & ST_NOEXEC) != 0) expected.push_back("noexec");
      expected.push_back("rprivate");
      EXPECT_EQ(mount.options, expected) << mount.source;
    }
  }
}

TEST_F(SpecTest, RefusalsInDockersWords) {
  auto& r = host_config_.resources;
  r.memory = 1 << 20;
  EXPECT_EQ(Refusal(), "Minimum memory limit allowed is 6MB");
  r.memory = 64 << 20;
  r.memory_swap = 32 << 20;
  EXPECT_EQ(Refusal(), "Minimum memoryswap limit should be larger than memory limit, see usage");
  r.memory_swap = 0;
  r.nano_cpus = 3000000000;
  EXPECT_EQ(Refusal(), "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available");
  r.nano_cpus = 0;
  r.cpuset_cpus = "7";
  EXPECT_EQ(Refusal(), "Requested CPUs are not available - requested 7, available: 0-1");
  r.cpuset_cpus.clear();
  host_config_.cap_add = {"BOGUS"};
  EXPECT_EQ(Refusal(), "invalid CapAdd: unknown capability: \"CAP_BOGUS\"");
  host_config_.cap_add.clear();
  host_config_.pid_mode = "container:";
  EXPECT_EQ(Refusal(), "invalid PID mode: container:");
  host_config_.pid_mode.clear();
  host_config_.security_opt = {"bogus"};
  EXPECT_EQ(Refusal(), "invalid --security-opt 1: \"bogus\"");
}

TEST_F(SpecTest, WarningsDiscardWhatTheKernelLacks) {
  host_.sys_info.memory_limit = false;
  host_config_.resources.memory = 64 << 20;
  auto verdict = VerifyHostConfig(host_config_, &config_, host_);
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->warnings.at(0),
            "Your kernel does not support memory limit capabilities or the cgroup is not mounted. "
            "Limitation discarded.");
  EXPECT_EQ(host_config_.resources.memory, 0);
}

TEST(Capabilities, Tweak) {
  const std::vector<std::string> all = {"CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"};
  auto tweak = [&](std::vector<std::string> add, std::vector<std::string> drop) {
    return TweakCapabilities(add, drop, false, all).value();
  };
  EXPECT_EQ(tweak({"all"}, {"kill"}), (std::vector<std::string>{"CAP_CHOWN", "CAP_SYS_ADMIN"}));
  EXPECT_EQ(tweak({"sys_admin"}, {"ALL"}), (std::vector<std::string>{"CAP_SYS_ADMIN"}));
  EXPECT_EQ(tweak({"SYS_ADMIN"}, {}).size(), 15u);
  EXPECT_EQ(tweak({}, {"CAP_CHOWN"}).size(), 13u);
  EXPECT_FALSE(TweakCapabilities({"NET_ADMIN"}, {}, false, all).ok()) << "not ours to give";
}

TEST(Devices, Rules) {
  EXPECT_EQ(ParseDeviceRule("c 10:* rw")->minor, std::nullopt);
  for (const char* bad : {"", "x 1:1 r", "c 1 r", "c 1:1 rwx", "c 1:1", "c a:1 r"}) {
    EXPECT_FALSE(ParseDeviceRule(bad).ok()) << bad;
  }
}

TEST(Seccomp, ConditionsAreResolved) {
  auto allowed = [](const SeccompProfile& p, const std::string& name) {
    return std::count_if(p.syscalls.begin(), p.syscalls.end(), [&](const SeccompRule& rule) {
      return rule.action == "SCMP_ACT_ALLOW" && Contains(rule.names, name) && rule.args.empty();
    });
  };
  SeccompHost host{"amd64", 6, 1};
  auto plain = ResolveSeccomp(DefaultSeccompProfile(), DefaultCapabilities(), host).value().value();
  EXPECT_EQ(plain.architectures,
            (std::vector<std::string>{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"}));
  for (const char* name :
       {"keyctl", "mount", "clone", "socket", "bpf", "io_uring_setup", "reboot"}) {
    EXPECT_EQ(allowed(plain, name), 0) << name;
  }
  for (const char* name : {"ptrace", "chroot", "arch_prctl", "read"}) {
    EXPECT_EQ(allowed(plain, name), 1) << name;
  }
  auto admin = ResolveSeccomp(DefaultSeccompProfile(), {"CAP_SYS_ADMIN"}, host).value().value();
  EXPECT_EQ(allowed(admin, "clone"), 1);
  EXPECT_EQ(allowed(admin, "chroot"), 0);
  auto old = ResolveSeccomp(DefaultSeccompProfile(), {}, {"arm64", 4, 7}).value().value();
  EXPECT_EQ(allowed(old, "ptrace"), 0);
  EXPECT_EQ(allowed(old, "arch_prctl"), 0);
}

TEST(Seccomp, CustomProfiles) {
  EXPECT_EQ(CustomSeccompJson("{}", {}).value(), "");
  EXPECT_NE(CustomSeccompJson("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"name\":"
                              "\"mkdir\",\"action\":\"SCMP_ACT_ERRNO\"}]}",
                              {})
                .value()
                .find("\"names\":[\"mkdir\"]"),
            std::string::npos);
  EXPECT_TRUE(CustomSeccompJson("nonsense", {})
                  .error()
                  .message()
                  .starts_with("Decoding seccomp profile failed: "));
}

}  // namespace
}  // namespace buoy::oci
