#include "cli/command/system/daemon_kind.h"

#include <cerrno>

namespace buoy::cli {

bool IsBuoyDaemon(Cli& cli) {
  return cli.Get("/config").ok();  // its own extension of the API
}

bool DaemonWentAway(const Status& ended) {
  if (ended.ok()) return true;
  const Error& error = ended.error();
  return error.kind() == ErrorKind::kUnavailable || error.sys_errno() == ECONNRESET ||
         error.sys_errno() == EPIPE || error.message().ends_with("unexpected EOF");
}

}  // namespace buoy::cli
