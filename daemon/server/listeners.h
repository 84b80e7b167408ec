#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/http/tls.h"
#include "common/result/result.h"
#include "common/unix/fd.h"
#include "daemon/config/settings.h"

namespace buoy::server {

// A bound and listening socket of the API. Clients may connect from now on; they are served once
// the daemon is ready.
struct Listener {
  std::string address;  // "/var/run/docker.sock" or "127.0.0.1:2375", as dockerd's log has it
  Fd fd;
  std::shared_ptr<api::TlsContext> tls;  // null = plain
  std::string socket_path;               // of a unix socket made here; removed at an orderly end
};

// A listening socket that somebody had open before: systemd (socket activation, or what an earlier
// daemon put into its fd store) or the daemon that is being replaced.
struct Inherited {
  std::string address;  // "fd://3" of socket activation; else as Listener::address
  Fd fd;
};

// Which certificates the configuration asks for.
api::TlsFiles ServerTlsFiles(const config::Settings& settings);

// The sockets of `hosts` (the default socket when there are none). Those that are inherited are
// taken, matched by the address that they are bound to; `fd://` takes what no other host does.
// Refused: a unix socket that someone else answers on.
Result<std::vector<Listener>> OpenListeners(const config::Settings& settings,
                                            std::vector<Inherited> inherited);

// What systemd passed to this process (LISTEN_FDS), or nothing. Clears the environment's variables,
// so that children do not take them for theirs. Once.
std::vector<Inherited> ActivationSockets();

}  // namespace buoy::server
