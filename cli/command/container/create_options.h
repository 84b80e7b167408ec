#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/flags/flag_set.h"
#include "cli/opts/network.h"
#include "common/result/result.h"
#include "common/types/container.h"

namespace buoy::cli {

// What run and create share beside the container's configuration.
struct CreateOptions {
  std::string name, platform, pull = "missing";
  bool quiet = false, use_api_socket = false, untrusted = true;
};

// The flags of run and create that describe the container. The simple ones write straight into the
// request; the rest is kept until ToRequest() has them all.
class ContainerOptions {
 public:
  void AddFlags(FlagSet& flags);
  // Errors carry Docker's texts. `args` = image, command, arguments.
  Result<types::ContainerCreateRequest> ToRequest(const FlagSet& flags,
                                                  const std::vector<std::string>& args);
  const std::vector<std::string>& attach() const { return attach_; }
  // Replaced by the proxies' variables before ToRequest().
  std::vector<std::string>& env() { return env_; }
  const std::string& cid_file() const { return request_.host_config.container_id_file; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void AddGeneralFlags(FlagSet& flags);
  void AddSecurityFlags(FlagSet& flags);
  void AddNetworkFlags(FlagSet& flags);
  void AddStorageFlags(FlagSet& flags);
  void AddHealthFlags(FlagSet& flags);
  void AddResourceFlags(FlagSet& flags);
  void AddDeviceFlags(FlagSet& flags);

  Status FillConfig(const FlagSet& flags, const std::vector<std::string>& args);
  Status FillVolumes();
  Status FillPorts();
  Status FillDevices();
  Status FillModes();
  Status FillHealth();
  Status FillSecurity();
  Status FillHostConfig(const FlagSet& flags);
  Status FillNetworks();
  Status ApplyTo(opts::NetworkAttachment& first) const;

  types::ContainerCreateRequest request_;
  std::vector<std::string> attach_, env_, env_files_, labels_, label_files_, volumes_, tmpfs_,
      publish_, expose_, devices_, links_, aliases_, link_local_ips_, storage_opts_, log_opts_,
      security_opts_, dns_, dns_options_, dns_search_, volumes_from_, extra_hosts_, cap_add_,
      cap_drop_, group_add_, device_rules_;
  std::map<std::string, std::string> sysctls_, annotations_;
  std::map<std::string, types::Ulimit> ulimits_;
  std::vector<opts::NetworkAttachment> networks_;
  std::vector<std::string> warnings_;
  std::string entrypoint_, restart_ = "no", mac_, ipv4_, ipv6_, health_cmd_;
  types::HealthConfig health_;
  int64_t health_retries_ = 0, stop_timeout_ = 0, swappiness_ = -1, pids_limit_ = 0,
          oom_score_adj_ = 0, kernel_memory_ = 0, io_max_bandwidth_ = 0;
  uint64_t blkio_weight_ = 0;
  bool no_healthcheck_ = false, init_ = false, oom_kill_disable_ = false;
};

}  // namespace buoy::cli
