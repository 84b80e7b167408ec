#include "cli/command/manifest/manifest.h"

namespace buoy::cli {

Command ManifestGroup() {
  return {.use = "manifest",
          .brief = "Manage Docker image manifests and manifest lists",
          .long_text =
              "The **docker manifest** command has subcommands for managing image manifests and\n"
              "manifest lists. A manifest list allows you to use one name to refer to the same "
              "image\nbuilt for multiple architectures.\n\n"
              "To see help for a subcommand, use:\n\n"
              "    docker manifest CMD --help\n\n"
              "For full details on using docker manifest lists, see the registry v2 specification.",
          .args = NoArgs(),
          .children =
              [] {
                return std::vector<Command>{ManifestAnnotate(), ManifestCreate(), ManifestInspect(),
                                            ManifestPush(), ManifestRm()};
              },
          .experimental_cli = true};
}

}  // namespace buoy::cli
