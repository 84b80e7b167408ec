#pragma once

#include <string>

#include "api/client/client.h"

namespace buoy::api {

// What the server answered with a status >= 400.
Error ServerError(int status, bool is_json, const std::string& body, const std::string& method,
                  const std::string& url);

// Why there was no answer: Docker's words for a daemon that is not there, for missing rights, for
// TLS where there is none.
Error ConnectError(const Error& cause, const ClientOptions& options, const std::string& target,
                   const std::string& method);

ErrorKind KindOfStatus(int status);

}  // namespace buoy::api
