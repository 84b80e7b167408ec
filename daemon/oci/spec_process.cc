#include <algorithm>
#include <cctype>
#include <map>

#include "common/unix/file.h"
#include "daemon/oci/capabilities.h"
#include "daemon/oci/mount_grammar.h"
#include "daemon/oci/spec_parts.h"

namespace buoy::oci {
namespace {

constexpr char kDefaultPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string KeyOf(const std::string& entry) { return entry.substr(0, entry.find('=')); }

// Entries of `overrides` replace those of the same name; one without "=" removes it.
void Override(std::vector<std::string>& env, const std::vector<std::string>& overrides) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < env.size(); ++i) index[KeyOf(env[i])] = i;
  for (const auto& entry : overrides) {
    auto found = index.find(KeyOf(entry));
    if (entry.find('=') == std::string::npos) {
      if (found != index.end()) env[found->second].clear();
    } else if (found != index.end()) {
      env[found->second] = entry;
    } else {
      env.push_back(entry);
    }
  }
  std::erase(env, "");
}

void AddHome(std::vector<std::string>& env, const std::string& home) {
  for (const auto& entry : env) {
    if (KeyOf(entry) == "HOME" && entry.size() > 5) return;
  }
  std::erase_if(env, [](const std::string& entry) { return KeyOf(entry) == "HOME"; });
  env.push_back("HOME=" + home);
}

std::vector<std::string> BaseEnv(const types::ContainerConfig& config,
                                 const std::vector<std::string>& linked_env, bool tty) {
  std::vector<std::string> env = {std::string("PATH=") + kDefaultPath,
                                  "HOSTNAME=" + config.hostname};
  if (tty) env.push_back("TERM=xterm");
  env.insert(env.end(), linked_env.begin(), linked_env.end());
  Override(env, config.env);
  return env;
}

// HostConfig's ulimits, then the daemon's for names it does not have. No clamping: the kernel
// refuses what the daemon may not grant, as it does under Docker.
std::vector<SpecRlimit> Rlimits(const types::HostConfig& host_config, const HostSettings& host) {
  std::vector<SpecRlimit> limits;
  auto add = [&](const types::Ulimit& ulimit) {
    std::string type = "RLIMIT_" + ulimit.name;
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    for (const auto& limit : limits) {
      if (limit.type == type) return;
    }
    limits.push_back(
        {type, static_cast<uint64_t>(ulimit.hard), static_cast<uint64_t>(ulimit.soft)});
  };
  for (const auto& ulimit : host_config.resources.ulimits) add(ulimit);
  for (const auto& ulimit : host.ulimits) add(ulimit);
  return limits;
}

std::string ApparmorProfile(const types::HostConfig& host_config, const HostSettings& host,
                            const SecurityOptions& security) {
  if (!host.sys_info.apparmor) return {};
  if (!security.apparmor_profile.empty()) return security.apparmor_profile;
  if (host_config.privileged) return "unconfined";
  return host.sys_info.apparmor_default ? "docker-default" : "";
}

Result<SpecCapabilities> Capabilities(const types::HostConfig& host_config, bool privileged) {
  BUOY_ASSIGN(auto names, TweakCapabilities(host_config.cap_add, host_config.cap_drop, privileged,
                                            AvailableCapabilities()));
  return SpecCapabilities{names, names, names};
}

SpecUser ToSpecUser(const ProcessUser& user) { return {user.uid, user.gid, user.additional_gids}; }

// What a container's process and its execs have in common.
Result<SpecProcess> CommonProcess(const types::HostConfig& host_config, const HostSettings& host,
                                  const SecurityOptions& security, bool privileged) {
  SpecProcess process;
  BUOY_ASSIGN(process.capabilities, Capabilities(host_config, privileged));
  process.rlimits = Rlimits(host_config, host);
  process.no_new_privileges = security.no_new_privileges;
  process.apparmor_profile = ApparmorProfile(host_config, host, security);
  process.oom_score_adj = host_config.oom_score_adj;
  return process;
}

void SetConsole(SpecProcess& process, bool tty, unsigned height, unsigned width) {
  process.terminal = tty;
  if (tty && (height != 0 || width != 0)) process.console_size = SpecBox{height, width};
}

}  // namespace

bool WantsInit(const types::HostConfig& host_config, const HostSettings& host) {
  return host_config.pid_mode.empty() && host_config.init.value_or(host.init);
}

Result<std::string> FindInit(const std::string& configured) {
  static const char* const kFolders[] = {"/usr/local/libexec/docker",
                                         "/usr/libexec/docker",
                                         "/usr/local/lib/docker",
                                         "/usr/lib/docker",
                                         "/usr/local/sbin",
                                         "/usr/local/bin",
                                         "/usr/sbin",
                                         "/usr/bin",
                                         "/sbin",
                                         "/bin"};
  std::vector<std::string> names = {"docker-init", "tini-static", "tini", "catatonit"};
  if (!configured.empty()) {
    if (configured.starts_with("/")) {
      if (PathExists(configured)) return configured;
      return Internal("stat " + configured + ": no such file or directory");
    }
    names = {configured};
  }
  for (const auto& name : names) {
    for (const char* folder : kFolders) {
      std::string path = std::string(folder) + "/" + name;
      if (PathExists(path)) return path;
    }
  }
  return Internal("exec: \"" + names.front() + "\": executable file not found in $PATH");
}

Result<std::vector<std::string>> ProcessArgs(const types::ContainerConfig& config) {
  std::vector<std::string> args;
  // [""] is how a client says "no entrypoint at all".
  if (!(config.entrypoint.size() == 1 && config.entrypoint[0].empty())) {
    args.assign(config.entrypoint.begin(), config.entrypoint.end());
  }
  args.insert(args.end(), config.cmd.begin(), config.cmd.end());
  if (args.empty()) return InvalidArgument("no command specified");
  return args;
}

std::vector<std::string> ProcessEnv(const types::ContainerConfig& config,
                                    const std::vector<std::string>& linked_env,
                                    const std::string& home, bool tty) {
  auto env = BaseEnv(config, linked_env, tty);
  AddHome(env, home);
  return env;
}

Result<SpecProcess> BuildProcess(const SpecInput& input, const SecurityOptions& security) {
  const auto& config = *input.config;
  const auto& host_config = *input.host_config;
  BUOY_ASSIGN(SpecProcess process,
              CommonProcess(host_config, *input.host, security, host_config.privileged));
  BUOY_ASSIGN(process.args, ProcessArgs(config));
  if (WantsInit(host_config, *input.host)) {
    process.args.insert(process.args.begin(), {kInitInContainer, "--"});
  }
  process.env = ProcessEnv(config, input.linked_env, input.user.home, config.tty);
  process.cwd = config.working_dir.empty() ? "/" : CleanPath(config.working_dir);
  process.user = ToSpecUser(input.user);
  unsigned height = input.console_height, width = input.console_width;
  if (height == 0 && width == 0 && host_config.console_size.size() == 2) {
    height = host_config.console_size[0];
    width = host_config.console_size[1];
  }
  SetConsole(process, config.tty, height, width);
  return process;
}

Result<std::string> BuildExecProcess(const ExecInput& input) {
  const auto& request = *input.request;
  BUOY_ASSIGN(SecurityOptions security,
              ParseSecurityOptions(input.host_config->security_opt, *input.host));
  bool privileged = request.privileged || input.host_config->privileged;
  BUOY_ASSIGN(SpecProcess process,
              CommonProcess(*input.host_config, *input.host, security, privileged));
  process.args.assign(request.cmd.begin(), request.cmd.end());
  if (process.args.empty()) return InvalidArgument("No exec command specified");
  process.env = BaseEnv(*input.config, input.linked_env, input.tty);
  Override(process.env, request.env);
  AddHome(process.env, input.user.home);
  process.cwd = request.working_dir.empty() ? input.config->working_dir : request.working_dir;
  if (process.cwd.empty()) process.cwd = "/";
  process.user = ToSpecUser(input.user);
  SetConsole(process, input.tty, input.console_height, input.console_width);
  return ProcessToJson(process);
}

}  // namespace buoy::oci
