#pragma once

#include <string>

#include "cli/command/cli.h"
#include "cli/command/container/create_options.h"

namespace buoy::cli {

// Flags of run and create beside the container's own: --name, --pull, --platform ...
void AddCreateFlags(FlagSet& flags, CreateOptions& options, const char* pull_usage);

// "docker: <error>\n\nRun 'docker run --help' for more information".
std::string WithHelp(const Cli& cli, const std::string& message, const std::string& verb);

// Checks --pull, adds the proxies' variables and builds the request.
Result<types::ContainerCreateRequest> BuildRequest(Cli& cli, const FlagSet& flags,
                                                   const CreateOptions& create,
                                                   ContainerOptions& container,
                                                   const std::vector<std::string>& args);

// Creates the container, pulling the image where --pull says so; writes --cidfile and warnings.
Result<std::string> CreateContainer(Cli& cli, types::ContainerCreateRequest request,
                                    const CreateOptions& options);

}  // namespace buoy::cli
