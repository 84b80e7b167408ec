#include "cli/command/image/pull_image.h"

#include <unistd.h>

#include "cli/command/progress.h"
#include "cli/config/auth.h"
#include "common/reference/reference.h"

namespace buoy::cli {

Result<Reference> ReferenceToMove(Invocation& in, bool all_tags, bool quiet) {
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(in.args[0]));
  if (all_tags && !reference.IsNameOnly()) {
    return InvalidArgument("tag can't be used with --all-tags/-a");
  }
  if (!all_tags && reference.IsNameOnly()) {
    reference = reference.WithDefaultTag();
    if (!quiet) in.cli.Out("Using default tag: " + reference.tag() + "\n");
  }
  return reference;
}

Status PullImage(Cli& cli, const std::string& image, const PullOptions& options) {
  BUOY_ASSIGN(Reference reference, Reference::ParseNormalized(image));
  api::Query query;
  query.Add("fromImage", reference.FamiliarName());
  if (!options.all_tags) {
    Reference full = reference.WithDefaultTag();
    query.Add("tag", full.has_digest() ? full.digest() : full.tag());
  }
  query.AddIf("platform", options.platform);
  BUOY_ASSIGN(std::string auth, AuthHeaderForImage(cli.config(), reference.Name()));
  BUOY_ASSIGN(api::Client * client, cli.client());
  api::Call call{.method = "POST", .path = "/images/create", .query = query};
  call.headers.Add("X-Registry-Auth", auth);
  BUOY_ASSIGN(auto stream, client->Open(call));
  int fd = options.quiet ? -1 : options.to_stderr ? STDERR_FILENO : STDOUT_FILENO;
  return ShowProgress(*stream, fd);
}

}  // namespace buoy::cli
