#include "cli/command/image/image.h"
#include "cli/command/inspect_run.h"
#include "cli/command/list.h"
#include "cli/command/objects.h"
#include "cli/flags/quote.h"

namespace buoy::cli {
namespace {

struct Options {
  std::string format, type;
  bool size = false, verbose = false;
  std::string platform;
};

constexpr std::pair<const char*, const char*> kTypes[] = {{"container", "/containers/%/json"},
                                                          {"image", "/images/%/json"},
                                                          {"network", "/networks/%"},
                                                          {"volume", "/volumes/%"},
                                                          {"service", "/services/%"},
                                                          {"task", "/tasks/%"},
                                                          {"node", "/nodes/%"},
                                                          {"plugin", "/plugins/%/json"},
                                                          {"secret", "/secrets/%"},
                                                          {"config", "/configs/%"}};

// What a daemon answers about things of a swarm that it is not part of counts as "not found".
bool Missing(const Error& error, std::string_view type, bool exact) {
  if (exact) return false;
  if (error.kind() == ErrorKind::kNotFound) return true;
  bool swarm =
      type == "service" || type == "task" || type == "node" || type == "secret" || type == "config";
  return (swarm && error.message().find("swarm") != std::string::npos) ||
         (type == "plugin" && error.message().find("not found") != std::string::npos);
}

Result<std::string> GetText(Cli& cli, std::string path, const std::string& name,
                            api::Query query = {}) {
  path.replace(path.find('%'), 1, path.starts_with("/images") ? name : api::EscapePath(name));
  BUOY_ASSIGN(api::Reply reply, cli.Do("GET", path, std::move(query)));
  return reply.body;
}

Result<std::string> Fetch(Cli& cli, const Options& options, const std::string& name) {
  for (const auto& [type, path] : kTypes) {
    if (!options.type.empty() && options.type != type) continue;
    bool container = std::string_view(type) == "container";
    api::Query query;
    query.AddFlag("size", container && options.size);
    if (options.verbose) query.Add("verbose", "true");
    if (!options.platform.empty()) {
      BUOY_ASSIGN(std::string platform, PlatformJson(options.platform));
      query.Add("platform", platform);
    }
    auto text = GetText(cli, path, name, std::move(query));
    if (text.ok() || !Missing(text.error(), type, !options.type.empty())) return text;
  }
  return NotFound("Error: No such object: " + name);
}

Command Make(const char* use, const char* brief, const char* type) {
  auto options = std::make_shared<Options>();
  std::string fixed = type;
  return {.use = use,
          .brief = brief,
          .args = MinArgs(1),
          .flags =
              [options, fixed](FlagSet& flags) {
                flags.String(&options->format, "format", 'f', kInspectFormatHelp);
                if (fixed == "container" || fixed.empty()) {
                  flags.Bool(&options->size, "size", 's',
                             fixed.empty() ? "Display total file sizes if the type is container"
                                           : "Display total file sizes");
                }
                if (fixed == "network") {
                  flags.Bool(&options->verbose, "verbose", 'v', "Verbose output for diagnostics");
                }
                if (fixed == "image") {
                  flags
                      .String(&options->platform, "platform", 0,
                              "Inspect a specific platform of the multi-platform image.\nIf the "
                              "image or the server is not multi-platform capable, the command "
                              "will error out if the platform does not match.\n"
                              "'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)")
                      .Since("1.49");
                }
                if (fixed.empty()) {
                  flags.String(&options->type, "type", 0, "Only inspect objects of the given type");
                }
              },
          .run = [options, fixed](Invocation& in) -> Result<int> {
            if (!fixed.empty()) options->type = fixed;
            bool known = options->type.empty();
            for (const auto& [name, path] : kTypes) known = known || options->type == name;
            if (!known) {
              return InvalidArgument("unknown type: " + Quote(options->type) +
                                     ": must be one of \"config\", \"container\", \"image\", "
                                     "\"network\", \"node\", \"plugin\", \"secret\", "
                                     "\"service\", \"task\", \"volume\"");
            }
            return RunInspect(in.cli, in.args, options->format, [&](const std::string& name) {
              return Fetch(in.cli, *options, name);
            });
          }};
}

}  // namespace

Command Inspect() {
  return Make("inspect [OPTIONS] NAME|ID [NAME|ID...]",
              "Return low-level information on Docker objects", "");
}
Command ContainerInspect() {
  return Make("inspect [OPTIONS] CONTAINER [CONTAINER...]",
              "Display detailed information on one or more containers", "container");
}
Command ImageInspect() {
  return Make("inspect [OPTIONS] IMAGE [IMAGE...]",
              "Display detailed information on one or more images", "image");
}
Command NetworkInspect() {
  return Make("inspect [OPTIONS] NETWORK [NETWORK...]",
              "Display detailed information on one or more networks", "network");
}
Command VolumeInspect() {
  return Make("inspect [OPTIONS] VOLUME [VOLUME...]",
              "Display detailed information on one or more volumes", "volume");
}

}  // namespace buoy::cli
