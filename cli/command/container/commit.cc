#include "cli/command/container/container.h"
#include "common/reference/reference.h"

namespace buoy::cli {
namespace {

struct Options {
  bool pause = true;
  std::string message, author;
  std::vector<std::string> changes;
};

Result<int> Run(Invocation& in, const Options& options) {
  if (in.args[0].empty()) return InvalidArgument("invalid container name or ID: value is empty");
  std::string repository;
  std::string tag;
  if (in.args.size() > 1 && !in.args[1].empty()) {
    BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(in.args[1]));
    if (reference.has_digest()) {
      return InvalidArgument("refusing to create a tag with a digest reference");
    }
    reference = reference.WithDefaultTag();
    repository = reference.FamiliarName();
    tag = reference.tag();
  }
  api::Query query = {{"container", in.args[0]},
                      {"repo", repository},
                      {"tag", tag},
                      {"comment", options.message},
                      {"author", options.author}};
  for (const std::string& change : options.changes) query.Add("changes", change);
  if (!options.pause) query.Add("pause", "0");
  BUOY_ASSIGN(api::Reply reply, in.cli.Do("POST", "/commit", query, "null"));
  BUOY_ASSIGN(Value result, Value::Parse(reply.body));
  in.cli.Out(result.Str("Id") + "\n");
  return 0;
}

}  // namespace

Command ContainerCommit() {
  auto options = std::make_shared<Options>();
  return {.use = "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
          .brief = "Create a new image from a container's changes",
          .full_names = "container commit, commit",
          .args = {1, 2},
          .interspersed = false,
          .flags =
              [options](FlagSet& flags) {
                flags.Bool(&options->pause, "pause", 'p', "Pause container during commit");
                flags.String(&options->message, "message", 'm', "Commit message");
                flags.String(&options->author, "author", 'a',
                             "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")");
                flags.List(&options->changes, "change", 'c',
                           "Apply Dockerfile instruction to the created image");
              },
          .run = [options](Invocation& in) { return Run(in, *options); }};
}

}  // namespace buoy::cli
