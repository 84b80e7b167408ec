#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "cli/command/system/system.h"
#include "common/archive/stream.h"

namespace buoy::cli {
namespace {

Result<int> Run(Invocation& in) {
  BUOY_ASSIGN(api::Client * client, in.cli.client());
  auto dialed = client->DialRaw();
  if (!dialed.ok()) {
    return std::move(dialed).error().Context("failed to open the raw stream connection");
  }
  const int fd = dialed->release();  // both directions use it to the process's end
  std::thread([fd] {
    FdSource from(STDIN_FILENO);
    FdSink to(fd);
    (void)CopyStream(from, to);
    shutdown(fd, SHUT_WR);
  }).detach();
  // The daemon's end is the end: a terminal never closes stdin.
  FdSource from(fd);
  FdSink to(STDOUT_FILENO);
  auto copied = CopyStream(from, to);
  if (!copied.ok()) {
    return std::move(copied).error().Context("error while Copy (stream to stdout)");
  }
  return 0;
}

}  // namespace

Command SystemDialStdio() {
  return {.use = "dial-stdio",
          .brief =
              "Proxy the stdio stream to the daemon connection. Should not be invoked "
              "manually.",
          .args = NoArgs(),
          .run = Run,
          .hidden = true};
}

}  // namespace buoy::cli
