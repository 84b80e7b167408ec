#pragma once

#include <memory>
#include <string>

#include "api/client/client.h"
#include "api/client/host.h"
#include "api/http/body.h"
#include "api/http/response.h"

namespace buoy::api {

// Writes one request.
class RequestWriter {
 public:
  RequestWriter(Connection& connection, const Host& host, const ClientOptions& options)
      : connection_(connection), host_(host), options_(options) {}

  Status Send(const Call& call, const std::string& target, bool upgrade);
  // The error of Send() came from the upload's source, not from the connection.
  bool source_failed() const { return source_failed_; }

 private:
  std::string Head(const Call& call, const std::string& target, bool upgrade) const;
  Status SendUpload(const Call& call);

  Connection& connection_;
  const Host& host_;
  const ClientOptions& options_;
  bool source_failed_ = false;
};

// The connection's socket (through a pump where it speaks TLS) and what was read behind the head.
Result<Fd> DetachConnection(std::unique_ptr<Connection> connection, std::string& leftover);

}  // namespace buoy::api
