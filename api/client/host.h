#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/http/connection.h"
#include "common/result/result.h"

namespace buoy::api {

// Where a daemon listens.
struct Host {
  bool is_unix = true;
  std::string path;                  // of the socket
  std::string name, port;            // of TCP; the name is also what its certificate must say
  std::vector<std::string> command;  // of ssh://: the program that is the connection
};

// unix://PATH, tcp://HOST[:PORT] (2375, as Docker's default), http:// and https:// likewise.
// Errors are kInvalidArgument with Docker's text "unable to parse docker host `...`".
Result<Host> ParseHost(const std::string& text);

// Not for hosts with a command. Connects, with the TLS handshake when `tls` is given. The error's
// errno tells why.
Result<std::unique_ptr<Connection>> Dial(const Host& host, const TlsContext* tls);

}  // namespace buoy::api
