#include "cli/command/container/create_container.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/command/image/pull_image.h"
#include "cli/command/terminal.h"
#include "cli/config/auth.h"
#include "cli/opts/env_file.h"
#include "cli/opts/text.h"
#include "common/json/json.h"
#include "common/net/ip.h"
#include "common/reference/reference.h"
#include "common/unix/file.h"

namespace buoy::cli {
namespace {

constexpr char kConfigInContainer[] = "/run/secrets/docker";

// --cidfile: exists from the start, goes again unless an ID was written.
class CidFile {
 public:
  static Result<CidFile> Create(const std::string& path) {
    CidFile file;
    if (path.empty()) return file;
    if (PathExists(path)) {
      return InvalidArgument(
          "container ID file found, make sure the other container isn't running or delete " + path);
    }
    BUOY_ASSIGN_CONTEXT(file.fd_, Open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666),
                        "failed to create the container ID file");
    file.path_ = path;
    return file;
  }
  CidFile(CidFile&&) = default;
  ~CidFile() {
    if (fd_.valid()) unlink(path_.c_str());
  }
  Status Write(const std::string& id) {
    if (!fd_.valid()) return Ok();
    BUOY_TRY_CONTEXT(WriteAll(fd_.get(), id), "failed to write the container ID to the file");
    fd_.reset();
    return Ok();
  }

 private:
  CidFile() = default;
  std::string path_;
  Fd fd_;
};

Status CheckPull(const std::string& pull) {
  if (pull.empty() || pull == "always" || pull == "missing" || pull == "never") return Ok();
  return InvalidArgument("invalid pull option: '" + pull +
                         "': must be one of \"always\", \"missing\" or \"never\"");
}

Status MountApiSocket(Cli& cli, types::ContainerCreateRequest& request) {
  BUOY_ASSIGN(api::Client * client, cli.client());
  const std::string& host = client->options().host;
  if (!host.starts_with("unix://")) {
    return InvalidArgument(
        "flag --use-api-socket can only be used with unix sockets: docker endpoint " + host +
        " incompatible");
  }
  types::Mount mount;
  mount.type = "bind";
  mount.source = host.substr(7);
  mount.target = "/var/run/docker.sock";
  mount.bind_options.emplace();
  request.host_config.mounts.push_back(std::move(mount));
  // The credentials go along as a read-only file, where there are any.
  if (!cli.config().root().At("auths").Fields().empty()) {
    types::Mount config;
    config.type = "bind";
    config.source = cli.config().path();
    config.target = std::string(kConfigInContainer) + "/config.json";
    config.read_only = true;
    request.host_config.mounts.push_back(std::move(config));
    request.config.env.push_back("DOCKER_CONFIG=" + std::string(kConfigInContainer));
  }
  return Ok();
}

void WarnLocalDns(Cli& cli, const types::HostConfig& host) {
  for (const std::string& server : host.dns) {
    auto address = net::IpAddress::Parse(server);
    if (address && address->IsLoopback()) {
      cli.Err("WARNING: Localhost DNS (" + server + ") may fail in containers.\n");
      return;
    }
  }
}

}  // namespace

void AddCreateFlags(FlagSet& flags, CreateOptions& options, const char* pull_usage) {
  flags.String(&options.name, "name", 0, "Assign a name to the container");
  flags.String(&options.pull, "pull", 0, pull_usage);
  flags.Bool(&options.quiet, "quiet", 'q', "Suppress the pull output");
  flags.Bool(&options.use_api_socket, "use-api-socket", 0,
             "Bind mount Docker API socket and required auth");
  const char* platform = getenv("DOCKER_DEFAULT_PLATFORM");
  options.platform = platform == nullptr ? "" : platform;
  flags.String(&options.platform, "platform", 0,
               "Set platform if server is multi-platform capable");
  flags.Bool(&options.untrusted, "disable-content-trust", 0, "Skip image verification");
  // An own --help, so that -h can be the host name.
  flags.Add({.name = "help", .usage = "Print usage", .type = "bool", .no_option = "true"});
}

std::string WithHelp(const Cli& cli, const std::string& message, const std::string& verb) {
  return cli.program() + ": " + message + "\n\nRun '" + cli.program() + " " + verb +
         " --help' for more information";
}

Result<types::ContainerCreateRequest> BuildRequest(Cli& cli, const FlagSet& flags,
                                                   const CreateOptions& create,
                                                   ContainerOptions& container,
                                                   const std::vector<std::string>& args) {
  BUOY_TRY(CheckPull(create.pull));
  for (const std::string& warning : container.warnings()) cli.Warn(warning);
  BUOY_ASSIGN(api::Client * client, cli.client());
  std::map<std::string, std::optional<std::string>> given;
  for (const std::string& entry : container.env()) {
    opts::CutResult cut = opts::Cut(entry, '=');
    given[cut.before] = cut.found ? std::optional(cut.after) : std::nullopt;
  }
  size_t before = given.size();
  auto all = cli.config().ProxyEnv(client->options().host, given);
  if (all.size() != before) {
    for (const auto& [name, value] : all) {
      if (!given.contains(name)) container.env().push_back(name + "=" + value.value_or(""));
    }
  }
  return container.ToRequest(flags, args);
}

Result<std::string> CreateContainer(Cli& cli, types::ContainerCreateRequest request,
                                    const CreateOptions& options) {
  BUOY_ASSIGN(CidFile cid_file, CidFile::Create(request.host_config.container_id_file));
  std::string image = request.config.image;
  std::string digest;
  bool is_id = Reference::IsIdentifier(image, &digest);
  std::string familiar;
  if (!is_id) {
    BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(image));
    familiar = reference.WithDefaultTag().FamiliarString();
  }
  if (options.use_api_socket) BUOY_TRY(MountApiSocket(cli, request));
  PullOptions pull{.platform = options.platform, .quiet = options.quiet, .to_stderr = true};
  if (options.pull == "always") BUOY_TRY(PullImage(cli, image, pull));

  WindowSize size = TerminalSize(STDOUT_FILENO);
  request.host_config.console_size = {size.height, size.width};
  api::Query query;
  query.AddIf("name", options.name).AddIf("platform", options.platform);
  std::string body = ToJson(request);
  auto reply = cli.Do("POST", "/containers/create", query, body);
  bool missing = !reply.ok() && reply.error().kind() == ErrorKind::kNotFound && !is_id &&
                 options.pull == "missing";
  if (missing) {
    if (!options.quiet) cli.Err("Unable to find image '" + familiar + "' locally\n");
    BUOY_TRY(PullImage(cli, image, pull));
    reply = cli.Do("POST", "/containers/create", query, body);
  }
  if (!reply.ok()) return std::move(reply).error();
  BUOY_ASSIGN(Value created, Value::Parse(reply->body));
  for (const Value& warning : created.At("Warnings").List()) {
    cli.Err("WARNING: " + warning.Str() + "\n");
  }
  WarnLocalDns(cli, request.host_config);
  BUOY_TRY(cid_file.Write(created.Str("Id")));
  return created.Str("Id");
}

}  // namespace buoy::cli
