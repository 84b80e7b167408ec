// Needs root: runs real containers with this host's runtime from the default config.json.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "common/unix/cleanup.h"
#include "common/unix/file.h"
#include "daemon/oci/process_run.h"
#include "daemon/oci/runtime.h"
#include "daemon/oci/spec.h"

namespace buoy::oci {
namespace {

// Prints each probe's errno; AF_ALG, AF_VSOCK, keyctl, unshare, clone3, mount, ptrace, own chroot.
constexpr char kProbe[] = R"py(
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *args):
    result = libc.syscall(number, *args)
    print(name, 0 if result >= 0 else ctypes.get_errno())
def family(name, number):
    try:
        socket.socket(number, socket.SOCK_SEQPACKET if number == 38 else socket.SOCK_STREAM).close()
        print(name, 0)
    except OSError as e:
        print(name, e.errno)
family("alg", 38)
family("vsock", 40)
family("inet", 2)
call("keyctl", 250, 0, -3, 0, 0, 0)
call("unshare", 272, 0x20000)
call("clone3", 435, 0, 0)
call("mount", 165, b"none", b"/mnt", b"tmpfs", 0, 0)
call("ptrace", 101, 16, 999999, 0, 0)
call("io_uring", 425, 1, 0)
)py";

class RuncTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string base = std::string(getenv("TEST_TMPDIR")) + "/runcXXXXXX";
    dir_ = mkdtemp(base.data());
    auto runtimes = Runtimes::Open({{}, "", dir_});
    ASSERT_TRUE(runtimes.ok()) << runtimes.error().message();
    runtime_ = runtimes->Find("").value();
    printf("runtime %s %s; crun: %s\n", runtime_.path.c_str(), runtime_.version.c_str(),
           runtimes->fallback_reason().c_str());
    host_.cgroups = DetectHostCgroups();
    host_.sys_info = ReadSysInfo(host_.cgroups);
    host_config_.network_mode = "none";
  }

  // Runs the command in a container whose root is empty but for the host's /usr.
  CommandResult Run(const std::vector<std::string>& cmd) {
    config_.cmd = cmd;
    AdaptHostConfig(host_config_, host_);
    SpecInput input;
    input.id = "buoy-oci-test-" + std::to_string(getpid());
    input.config = &config_;
    input.host_config = &host_config_;
    input.host = &host_;
    input.rootfs = dir_ + "/rootfs";
    input.user.additional_gids = {0};
    input.mounts = {ParseBind("/usr:/usr:ro", "").value()};
    EXPECT_TRUE(MakeDirs(input.rootfs).ok());
    for (const char* name : {"bin", "lib", "lib64"}) {
      (void)!symlink((std::string("usr/") + name).c_str(), (input.rootfs + "/" + name).c_str());
    }
    auto spec = BuildSpec(input);
    EXPECT_TRUE(spec.ok()) << (spec.ok() ? "" : spec.error().message());
    EXPECT_TRUE(WriteFileAtomic(dir_ + "/config.json", std::move(spec).value_or("")).ok());
    auto command = runtime_.Command(dir_ + "/state", false);
    command.insert(command.end(), {"run", "--bundle", dir_, input.id});
    auto result = RunCommand(command, 30000);
    EXPECT_TRUE(result.ok());
    return std::move(result).value_or({});
  }

  std::string dir_;
  Runtime runtime_;
  HostSettings host_;
  types::ContainerConfig config_;
  types::HostConfig host_config_;
};

TEST_F(RuncTest, DefaultSeccompDeniesWhatDockerDenies) {
  if (!PathExists("/usr/bin/python3")) GTEST_SKIP() << "no python3";
  host_config_.cap_add = {};
  auto result = Run({"/usr/bin/python3", "-c", kProbe});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  for (const char* line : {"alg 1\n", "vsock 1\n", "inet 0\n", "keyctl 1\n", "unshare 1\n",
                           "clone3 38\n", "mount 1\n", "ptrace 3\n", "io_uring 1\n"}) {
    EXPECT_NE(result.output.find(line), std::string::npos) << line << result.output;
  }
}

TEST_F(RuncTest, LimitsAndNames) {
  config_.hostname = "tiny";
  host_config_.resources.memory = 64 << 20;
  host_config_.resources.pids_limit = 50;
  host_config_.readonly_rootfs = true;
  auto result = Run({"/bin/sh", "-c",
                     "hostname; touch /x 2>&1; cat /proc/keys | wc -c; "
                     "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || "
                     "cat /sys/fs/cgroup/memory.max; grep -c . /proc/self/status"});
  EXPECT_EQ(result.output.find("tiny\n"), 0u) << result.output;
  EXPECT_NE(result.output.find("Read-only file system"), std::string::npos) << result.output;
}

TEST_F(RuncTest, AMissingCommandIs127) {
  auto result = Run({"no-such-command"});
  EXPECT_NE(result.exit_code, 0);
  auto failure = CreateFailure(LastRuntimeError(result.output), config_.cmd);
  EXPECT_EQ(failure.exit_code, 127);
  EXPECT_NE(failure.error.message().find(
                "exec: \"no-such-command\": executable file not found in $PATH: unknown"),
            std::string::npos)
      << failure.error.message();
}

}  // namespace
}  // namespace buoy::oci
