#pragma once

#include <string>
#include <vector>

#include "common/result/result.h"
#include "common/types/container.h"

// Docker's checks of a create request that need nothing but the request, in Docker's order and
// words. What the kernel and the OCI spec decide is daemon/oci's (VerifyHostConfig).
namespace buoy::container {

// Contradictions between network mode, host name, links, ports ...: checked before all else.
Status ValidateCombination(const types::ContainerConfig& config, const types::HostConfig& host);
// Cleans working_dir; checks stop signal, environment and health check.
Status ValidateConfig(types::ContainerConfig& config);
Status ValidateHostConfig(const types::HostConfig& host);
Status ValidateRestartPolicy(const types::RestartPolicy& policy);
// Fills in the daemon's default driver and options first.
Status ResolveLogConfig(types::LogConfig& log, const types::LogConfig& defaults);
Status ValidateLogConfig(const types::LogConfig& log);

// A container's own size of the pipes between it and its supervisor ("1m"), instead of the daemon's
// stdio-buffer-size.
inline constexpr char kStdioBufferAnnotation[] = "io.buoy.stdio-buffer-size";
// What the annotation says, else `fallback`. kInvalidArgument for what is no size or too big.
Result<int64_t> StdioBufferSize(const types::HostConfig& host, int64_t fallback);

// "[name:]alias" of --link: name and alias.
struct Link {
  std::string name, alias;
};
Result<Link> ParseLink(const std::string& text);

// Go's filepath.Clean for absolute paths.
std::string CleanPath(const std::string& path);
// "64m", "1.5g", "1024": bytes. kInvalidArgument "invalid size: 'x'".
Result<int64_t> ParseSize(const std::string& text, bool decimal);

// Network modes that are no network's name.
bool IsContainerMode(const std::string& network_mode);  // "container:x"
std::string ContainerOfMode(const std::string& mode);   // the x of it; "" when it is none
bool IsUserDefinedNetwork(const std::string& network_mode);

}  // namespace buoy::container
