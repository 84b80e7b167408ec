#pragma once

#include <string>
#include <vector>

#include "api/client/client.h"
#include "cli/config/config_file.h"
#include "cli/config/context_store.h"
#include "common/result/result.h"

namespace buoy::cli {

// The options before the command (docker -H ... ps).
struct GlobalOptions {
  std::string config_dir;
  std::string context;
  bool debug = false;
  std::vector<std::string> hosts;
  std::string log_level = "info";
  bool tls = false;
  bool tls_verify = false;
  bool tls_verify_given = false;
  std::string tls_ca, tls_cert, tls_key;
  bool tls_cert_given = false;
  bool tls_key_given = false;
  bool version = false;
};

// "default", or the name from -c, DOCKER_CONTEXT or the configuration.
std::string CurrentContext(const GlobalOptions& options, const ConfigFile& config);

// The context "default": what flags and environment say, as a stored context would have it.
struct DefaultContext {
  Value meta;
  ContextTls tls;
};
Result<DefaultContext> ResolveDefaultContext(const GlobalOptions& options);

// Which daemon, and how: flags and environment, or the stored context.
Result<api::ClientOptions> ResolveEndpoint(const GlobalOptions& options, const ConfigFile& config);

}  // namespace buoy::cli
