#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/result/result.h"
#include "common/unix/fd.h"
#include "daemon/swarm/root_ca.h"

struct ssl_st;
struct ssl_ctx_st;

// How nodes speak: TLS 1.3 over TCP, both ends with certificates of the swarm's CA, and on it
// frames of a length (4 bytes, big-endian) and a text of at most kMaxFrameBytes.
namespace buoy::swarm {

inline constexpr size_t kMaxFrameBytes = 1 << 20;

using Deadline = std::chrono::steady_clock::time_point;

struct NodeTlsFree {
  void operator()(ssl_st* ssl) const;
  void operator()(ssl_ctx_st* context) const;
};
using NodeTlsContext = std::unique_ptr<ssl_ctx_st, NodeTlsFree>;

// Who this end is, and whom it trusts.
struct NodeCredentials {
  KeyPair own;        // the certificate may be followed by others up to a root; "" = nobody yet
  std::string roots;  // PEM, one or several; "" = whoever answers is taken
};
// A server's asks its clients for a certificate, but lets those in that have none.
Result<NodeTlsContext> NewNodeTls(const NodeCredentials& credentials, bool server);

class NodeChannel {
 public:
  // kUnavailable with gRPC's texts; kCancelled when the deadline has come.
  static Result<NodeChannel> Connect(const std::string& address, const NodeCredentials& credentials,
                                     Deadline deadline);
  // The server's end of an accepted, non-blocking connection.
  static Result<NodeChannel> Accept(Fd connection, ssl_ctx_st* context, Deadline deadline);

  Status Send(std::string_view text, Deadline deadline);
  Result<std::string> Receive(Deadline deadline);

  // The other end's certificate, PEM; "" when it has none.
  std::string PeerCertificate() const;

 private:
  explicit NodeChannel(Fd connection) : connection_(std::move(connection)) {}
  Status Handshake(ssl_ctx_st* context, bool server, Deadline deadline);
  Status Run(int (*step)(ssl_st*, char*, size_t), char* data, size_t size, Deadline deadline);
  Status ReadAll(char* data, size_t size, Deadline deadline);

  Fd connection_;
  std::unique_ptr<ssl_st, NodeTlsFree> ssl_;
};

}  // namespace buoy::swarm
