#pragma once

#include "api/http/connection.h"

namespace buoy::api {

// Carries bytes both ways between a TLS connection and a plain socket until both directions have
// ended; the end of one direction is passed on as a half-close. Blocks; one poll loop, bounded
// buffers, so that a slow side holds up only its own direction.
void PumpConnection(Connection& outer, Fd inner);

}  // namespace buoy::api
