#include "cli/command/container/create_options.h"
#include "cli/flags/units.h"
#include "cli/opts/cpus.h"
#include "cli/opts/devices.h"
#include "cli/opts/gpus.h"
#include "cli/opts/mount.h"
#include "cli/opts/ulimit.h"
#include "cli/opts/validate.h"

namespace buoy::cli {

void ContainerOptions::AddFlags(FlagSet& flags) {
  AddGeneralFlags(flags);
  AddSecurityFlags(flags);
  AddNetworkFlags(flags);
  AddStorageFlags(flags);
  AddHealthFlags(flags);
  AddResourceFlags(flags);
  AddDeviceFlags(flags);
}

void ContainerOptions::AddGeneralFlags(FlagSet& flags) {
  types::ContainerConfig& config = request_.config;
  types::HostConfig& host = request_.host_config;
  flags.List(&attach_, "attach", 'a', "Attach to STDIN, STDOUT or STDERR", opts::ValidateAttach);
  flags.List(&env_, "env", 'e', "Set environment variables", opts::ValidateEnv);
  flags.List(&env_files_, "env-file", 0, "Read in a file of environment variables");
  flags.String(&entrypoint_, "entrypoint", 0, "Overwrite the default ENTRYPOINT of the image");
  flags.List(&group_add_, "group-add", 0, "Add additional groups to join");
  flags.String(&config.hostname, "hostname", 'h', "Container host name");
  flags.String(&config.domainname, "domainname", 0, "Container NIS domain name");
  flags.Bool(&config.open_stdin, "interactive", 'i', "Keep STDIN open even if not attached");
  flags.List(&labels_, "label", 'l', "Set meta data on a container", opts::ValidateLabel);
  flags.List(&label_files_, "label-file", 0, "Read in a line delimited file of labels");
  flags.Bool(&host.readonly_rootfs, "read-only", 0,
             "Mount the container's root filesystem as read only");
  flags.String(&restart_, "restart", 0, "Restart policy to apply when a container exits");
  flags.String(&config.stop_signal, "stop-signal", 0, "Signal to stop the container");
  flags.Int(&stop_timeout_, "stop-timeout", 0, "Timeout (in seconds) to stop a container");
  flags.Map(&sysctls_, "sysctl", 0, "Sysctl options", opts::ValidateSysctl);
  flags.Bool(&config.tty, "tty", 't', "Allocate a pseudo-TTY");
  flags
      .Custom("ulimit", 0, "ulimit", "Ulimit options",
              [this](const std::string& text) -> Status {
                BUOY_ASSIGN(types::Ulimit limit, opts::ParseUlimit(text));
                ulimits_[limit.name] = limit;
                return Ok();
              })
      .default_value = "[]";
  flags.String(&config.user, "user", 'u', "Username or UID (format: <name|uid>[:<group|gid>])");
  flags.String(&config.working_dir, "workdir", 'w', "Working directory inside the container");
  flags.Bool(&host.auto_remove, "rm", 0,
             "Automatically remove the container and its associated anonymous volumes when it "
             "exits");
  flags.String(&host.resources.cgroup_parent, "cgroup-parent", 0,
               "Optional parent cgroup for the container");
  flags.String(&host.ipc_mode, "ipc", 0, "IPC mode to use");
  flags.String(&host.isolation, "isolation", 0, "Container isolation technology");
  flags.String(&host.pid_mode, "pid", 0, "PID namespace to use");
  flags.Bytes(&host.shm_size, "shm-size", 0, "Size of /dev/shm");
  flags.String(&host.uts_mode, "uts", 0, "UTS namespace to use");
  flags.String(&host.runtime, "runtime", 0, "Runtime to use for this container");
  flags.Bool(&init_, "init", 0,
             "Run an init inside the container that forwards signals and reaps processes");
  flags
      .Map(&annotations_, "annotation", 0,
           "Add an annotation to the container (passed through to the OCI runtime)")
      .Since("1.43");
}

void ContainerOptions::AddSecurityFlags(FlagSet& flags) {
  types::HostConfig& host = request_.host_config;
  flags.List(&cap_add_, "cap-add", 0, "Add Linux capabilities");
  flags.List(&cap_drop_, "cap-drop", 0, "Drop Linux capabilities");
  flags.Bool(&host.privileged, "privileged", 0, "Give extended privileges to this container");
  flags.List(&security_opts_, "security-opt", 0, "Security Options");
  flags.String(&host.userns_mode, "userns", 0, "User namespace to use");
  flags.String(&host.cgroupns_mode, "cgroupns", 0,
               "Cgroup namespace to use (host|private)\n"
               "'host':    Run the container in the Docker host's cgroup namespace\n"
               "'private': Run the container in its own private cgroup namespace\n"
               "'':        Use the cgroup namespace as configured by the\n"
               "           default-cgroupns-mode option on the daemon (default)");
}

void ContainerOptions::AddNetworkFlags(FlagSet& flags) {
  flags.List(&extra_hosts_, "add-host", 0, "Add a custom host-to-IP mapping (host:ip)",
             opts::ValidateExtraHost);
  flags.List(&dns_, "dns", 0, "Set custom DNS servers", opts::ValidateIpAddress);
  flags.List(&dns_options_, "dns-opt", 0, "Set DNS options").Hide();
  flags.List(&dns_options_, "dns-option", 0, "Set DNS options");
  flags.List(&dns_search_, "dns-search", 0, "Set custom DNS search domains",
             opts::ValidateDnsSearch);
  flags.List(&expose_, "expose", 0, "Expose a port or a range of ports");
  flags.String(&ipv4_, "ip", 0, "IPv4 address (e.g., 172.30.100.104)");
  flags.String(&ipv6_, "ip6", 0, "IPv6 address (e.g., 2001:db8::33)");
  flags.List(&links_, "link", 0, "Add link to another container", opts::ValidateLink);
  flags.List(&link_local_ips_, "link-local-ip", 0, "Container IPv4/IPv6 link-local addresses");
  flags.String(&mac_, "mac-address", 0, "Container MAC address (e.g., 92:d0:c6:0a:29:33)");
  flags.List(&publish_, "publish", 'p', "Publish a container's port(s) to the host");
  flags.Bool(&request_.host_config.publish_all_ports, "publish-all", 'P',
             "Publish all exposed ports to random ports");
  auto network = [this](const std::string& text) -> Status {
    BUOY_ASSIGN(opts::NetworkAttachment attachment, opts::ParseNetwork(text));
    networks_.push_back(std::move(attachment));
    return Ok();
  };
  flags.Custom("net", 0, "network", "Connect a container to a network", network).Hide();
  flags.Custom("network", 0, "network", "Connect a container to a network", network);
  flags.List(&aliases_, "net-alias", 0, "Add network-scoped alias for the container").Hide();
  flags.List(&aliases_, "network-alias", 0, "Add network-scoped alias for the container");
}

void ContainerOptions::AddStorageFlags(FlagSet& flags) {
  types::HostConfig& host = request_.host_config;
  flags.String(&host.log_config.type, "log-driver", 0, "Logging driver for the container");
  flags.String(&host.volume_driver, "volume-driver", 0, "Optional volume driver for the container");
  flags.List(&log_opts_, "log-opt", 0, "Log driver options");
  flags.List(&storage_opts_, "storage-opt", 0, "Storage driver options for the container");
  flags.List(&tmpfs_, "tmpfs", 0, "Mount a tmpfs directory");
  flags.List(&volumes_from_, "volumes-from", 0, "Mount volumes from the specified container(s)");
  flags.List(&volumes_, "volume", 'v', "Bind mount a volume");
  flags.Custom("mount", 0, "mount", "Attach a filesystem mount to the container",
               [this](const std::string& text) -> Status {
                 std::string warning;
                 BUOY_ASSIGN(types::Mount mount, opts::ParseMount(text, &warning));
                 if (!warning.empty()) warnings_.push_back(warning);
                 request_.host_config.mounts.push_back(std::move(mount));
                 return Ok();
               });
}

void ContainerOptions::AddHealthFlags(FlagSet& flags) {
  flags.String(&health_cmd_, "health-cmd", 0, "Command to run to check health");
  flags.Duration(&health_.interval, "health-interval", 0,
                 "Time between running the check (ms|s|m|h) (default 0s)");
  flags.Int(&health_retries_, "health-retries", 0,
            "Consecutive failures needed to report unhealthy");
  flags.Duration(&health_.timeout, "health-timeout", 0,
                 "Maximum time to allow one check to run (ms|s|m|h) (default 0s)");
  flags.Duration(&health_.start_period, "health-start-period", 0,
                 "Start period for the container to initialize before starting health-retries "
                 "countdown (ms|s|m|h) (default 0s)");
  flags
      .Duration(&health_.start_interval, "health-start-interval", 0,
                "Time between running the check during the start period (ms|s|m|h) (default 0s)")
      .Since("1.44");
  flags.Bool(&no_healthcheck_, "no-healthcheck", 0, "Disable any container-specified HEALTHCHECK");
}

void ContainerOptions::AddResourceFlags(FlagSet& flags) {
  types::HostConfig& host = request_.host_config;
  types::Resources& resources = host.resources;
  flags.Uint(&blkio_weight_, "blkio-weight", 0,
             "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", 16);
  flags.String(&host.container_id_file, "cidfile", 0, "Write the container ID to the file");
  flags.String(&resources.cpuset_cpus, "cpuset-cpus", 0,
               "CPUs in which to allow execution (0-3, 0,1)");
  flags.String(&resources.cpuset_mems, "cpuset-mems", 0,
               "MEMs in which to allow execution (0-3, 0,1)");
  flags.Int(&resources.cpu_count, "cpu-count", 0, "CPU count (Windows only)").Only("windows");
  flags.Int(&resources.cpu_percent, "cpu-percent", 0, "CPU percent (Windows only)").Only("windows");
  flags.Int(&resources.cpu_period, "cpu-period", 0,
            "Limit CPU CFS (Completely Fair Scheduler) period");
  flags.Int(&resources.cpu_quota, "cpu-quota", 0,
            "Limit CPU CFS (Completely Fair Scheduler) quota");
  flags.Int(&resources.cpu_realtime_period, "cpu-rt-period", 0,
            "Limit CPU real-time period in microseconds");
  flags.Int(&resources.cpu_realtime_runtime, "cpu-rt-runtime", 0,
            "Limit CPU real-time runtime in microseconds");
  flags.Int(&resources.cpu_shares, "cpu-shares", 'c', "CPU shares (relative weight)");
  flags.Custom("cpus", 0, "decimal", "Number of CPUs", [&](const std::string& text) -> Status {
    BUOY_ASSIGN(request_.host_config.resources.nano_cpus, opts::ParseCpus(text));
    return Ok();
  });
  flags
      .Bytes(&io_max_bandwidth_, "io-maxbandwidth", 0,
             "Maximum IO bandwidth limit for the system drive (Windows only)")
      .Only("windows");
  flags
      .Uint(&resources.io_maximum_iops, "io-maxiops", 0,
            "Maximum IOps limit for the system drive (Windows only)")
      .Only("windows");
  flags.Bytes(&kernel_memory_, "kernel-memory", 0, "Kernel memory limit");
  flags.Bytes(&resources.memory, "memory", 'm', "Memory limit");
  flags.Bytes(&resources.memory_reservation, "memory-reservation", 0, "Memory soft limit");
  flags.Custom("memory-swap", 0, "bytes",
               "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
               [this](const std::string& text) -> Status {
                 int64_t& swap = request_.host_config.resources.memory_swap;
                 if (text == "-1") {
                   swap = -1;
                   return Ok();
                 }
                 BUOY_ASSIGN(swap, RamInBytes(text));
                 return Ok();
               });
  flags.Int(&swappiness_, "memory-swappiness", 0, "Tune container memory swappiness (0 to 100)");
  flags.Bool(&oom_kill_disable_, "oom-kill-disable", 0, "Disable OOM Killer");
  flags.Int(&oom_score_adj_, "oom-score-adj", 0, "Tune host's OOM preferences (-1000 to 1000)");
  flags.Int(&pids_limit_, "pids-limit", 0, "Tune container pids limit (set -1 for unlimited)");
}

void ContainerOptions::AddDeviceFlags(FlagSet& flags) {
  types::Resources& resources = request_.host_config.resources;
  flags.List(&device_rules_, "device-cgroup-rule", 0,
             "Add a rule to the cgroup allowed devices list", opts::ValidateDeviceCgroupRule);
  flags.List(&devices_, "device", 0, "Add a host device to the container");
  flags.Custom("gpus", 0, "gpu-request",
               "GPU devices to add to the container ('all' to pass all GPUs)",
               [this](const std::string& text) -> Status {
                 BUOY_ASSIGN(types::DeviceRequest request, opts::ParseGpus(text));
                 request_.host_config.resources.device_requests.push_back(std::move(request));
                 return Ok();
               });
  auto throttle = [&flags](const char* name, const char* usage, auto* list, auto parse) {
    auto set = [list, parse](const std::string& text) -> Status {
      BUOY_ASSIGN(auto device, parse(text));
      list->push_back(std::move(device));
      return Ok();
    };
    flags.Custom(name, 0, "list", usage, set).default_value = "[]";
  };
  throttle("blkio-weight-device", "Block IO weight (relative device weight)",
           &resources.blkio_weight_device, opts::ParseWeightDevice);
  throttle("device-read-bps", "Limit read rate (bytes per second) from a device",
           &resources.blkio_device_read_bps, opts::ParseBpsDevice);
  throttle("device-write-bps", "Limit write rate (bytes per second) to a device",
           &resources.blkio_device_write_bps, opts::ParseBpsDevice);
  throttle("device-read-iops", "Limit read rate (IO per second) from a device",
           &resources.blkio_device_read_iops, opts::ParseIopsDevice);
  throttle("device-write-iops", "Limit write rate (IO per second) to a device",
           &resources.blkio_device_write_iops, opts::ParseIopsDevice);
}

}  // namespace buoy::cli
