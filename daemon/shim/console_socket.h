#pragma once

#include <string>

#include "common/unix/fd.h"

namespace buoy::shim {

// The OCI runtime hands the master of a new pty over on a unix socket (--console-socket).

// An invalid Fd (errno) on failure. An old socket at the path is replaced.
Fd ListenForConsole(const std::string& path);
// Does not wait; invalid when nothing has come.
Fd ReceiveConsole(int listener);

}  // namespace buoy::shim
