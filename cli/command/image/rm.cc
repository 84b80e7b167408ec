#include "cli/command/each.h"
#include "cli/command/image/image.h"

namespace buoy::cli {
namespace {

struct Options {
  bool force = false, no_prune = false;
  std::vector<std::string> platforms;
};

Result<int> Run(Invocation& in, const Options& options) {
  api::Query query;
  query.AddFlag("force", options.force).AddFlag("noprune", options.no_prune);
  for (const std::string& platform : options.platforms) {
    BUOY_ASSIGN(std::string json, PlatformJson(platform));
    query.Add("platforms", json);
  }
  ErrorList errors;
  bool all_missing = true;
  for (const std::string& image : in.args) {
    auto reply = in.cli.Do("DELETE", "/images/" + image, query);
    if (!reply.ok()) {
      if (reply.error().kind() != ErrorKind::kNotFound) all_missing = false;
      errors.Add(reply.error());
      continue;
    }
    BUOY_ASSIGN(Value removed, Value::Parse(reply->body));
    for (const Value& item : removed.List()) {
      bool deleted = !item.Str("Deleted").empty();
      in.cli.Out(
          (deleted ? "Deleted: " + item.Str("Deleted") : "Untagged: " + item.Str("Untagged")) +
          "\n");
    }
  }
  auto result = errors.Finish();
  if (!result.ok() && options.force && all_missing) {
    in.cli.Err(result.error().message() + "\n");
    return 0;
  }
  return result;
}

Command Make(const char* use) {
  auto options = std::make_shared<Options>();
  return {.use = use,
          .brief = "Remove one or more images",
          .full_names = "image rm, image remove, rmi",
          .args = MinArgs(1),
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->force, "force", 'f', "Force removal of the image");
                flags.Bool(&options->no_prune, "no-prune", 0, "Do not delete untagged parents");
                flags
                    .Strings(&options->platforms, "platform", 0,
                             "Remove only the given platform variant. Formatted as "
                             "\"os[/arch[/variant]]\" (e.g., \"linux/amd64\")")
                    .Since("1.50");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace

Command Rmi() { return Make("rmi [OPTIONS] IMAGE [IMAGE...]"); }

Command ImageRm() {
  Command command = Make("rm [OPTIONS] IMAGE [IMAGE...]");
  command.other_names = {"remove"};
  return command;
}

}  // namespace buoy::cli
