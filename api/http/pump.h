#pragma once

#include "api/http/connection.h"

namespace buoy::api {

// Carries bytes both ways between a TLS connection and a plain one until `inner` has ended (that is
// the container's side: when it has closed, input has nowhere to go); the end of a direction is
// passed on as a half-close. Blocks; one poll loop, bounded buffers, so that a slow side holds up
// only its own direction. Abort() of both connections, from any thread, ends it.
void PumpConnections(Connection& outer, Connection& inner);

}  // namespace buoy::api
