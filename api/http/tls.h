#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/result/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace buoy::api {

struct SslDeleter {
  void operator()(ssl_st* ssl) const;
  void operator()(ssl_ctx_st* context) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

struct TlsFiles {
  std::string ca, cert, key;  // PEM; empty = not used
  // Server: clients must show a certificate signed by `ca` (--tlsverify).
  // Client: the server's certificate must be signed by `ca` (or the system's roots) and fit its
  // name.
  bool verify = false;
  // Authorities that count besides those of `ca` or the system.
  std::vector<std::string> more_cas = {};
};

// Certificates and rules for new TLS sessions. Thread-safe once created.
class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> Server(const TlsFiles& files);
  static Result<std::shared_ptr<TlsContext>> Client(const TlsFiles& files);

  // Takes over what another context has read: sessions from now on use that. Both are servers or
  // both clients; whether peers are verified stays.
  void Become(const TlsContext& other);

  // A session on `fd` (which stays the caller's) that still has to shake hands.
  // Clients give the name that the server's certificate must carry.
  Result<SslPtr> NewSession(int fd, const std::string& server_name = {}) const;

 private:
  using ContextPtr = std::unique_ptr<ssl_ctx_st, SslDeleter>;
  TlsContext(ContextPtr context, bool is_server, bool verify)
      : context_(std::move(context)), is_server_(is_server), verify_(verify) {}
  static Result<ContextPtr> Load(const TlsFiles& files, bool is_server);

  mutable std::mutex mutex_;
  ContextPtr context_;  // guarded by mutex_; sessions hold a reference of their own
  bool is_server_;
  bool verify_;
};

// Whose certificate the other side has shown.
struct PeerIdentity {
  std::string common_name;
  std::vector<std::string> certificates;  // PEM, the peer's own first
};
PeerIdentity PeerOf(ssl_st* ssl);

// The oldest error of this thread's OpenSSL queue as text; empties the queue.
std::string TlsErrorText();

}  // namespace buoy::api
