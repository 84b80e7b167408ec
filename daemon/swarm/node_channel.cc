#include "daemon/swarm/node_channel.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <cerrno>

#include "api/http/dial.h"
#include "daemon/swarm/addresses.h"
#include "daemon/swarm/x509_pem.h"

namespace buoy::swarm {
namespace {

constexpr char kBeginCertificate[] = "-----BEGIN CERTIFICATE-----";

std::vector<X509Ptr> ReadCertificates(const std::string& text) {
  std::vector<X509Ptr> all;
  for (size_t at = text.find(kBeginCertificate); at != std::string::npos;
       at = text.find(kBeginCertificate, at + 1)) {
    if (X509Ptr one = ReadCertificate(text.substr(at))) all.push_back(std::move(one));
  }
  return all;
}

std::string TlsText() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "connection closed" : reason;
}

Error Unreachable(const std::string& text) {
  return Unavailable(
      "rpc error: code = Unavailable desc = connection error: desc = \"transport: " + text + "\"");
}

// False when the deadline has come.
bool WaitFor(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd poller{fd, events, 0};
    const int ready = poll(&poller, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Result<Fd> Dial(const std::string& address, Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  auto fd = api::DialTcp(HostOf(address), address.substr(address.rfind(':') + 1),
                         static_cast<int>(left.count()));
  if (fd.ok()) return fd;
  const std::string text = "Error while dialing: " + fd.error().message();
  return fd.error().sys_errno() == ETIMEDOUT ? Cancelled(text) : Unreachable(text);
}

bool UseOwn(SSL_CTX* context, const KeyPair& own) {
  auto chain = ReadCertificates(own.certificate);
  KeyPtr key = ReadKey(own.key);
  if (chain.empty() || !key || SSL_CTX_use_certificate(context, chain[0].get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return false;
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return false;
  }
  return true;
}

}  // namespace

void NodeTlsFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void NodeTlsFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<NodeTlsContext> NewNodeTls(const NodeCredentials& credentials, bool server) {
  NodeTlsContext context(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
  if (!context) return Internal("swarm: tls: " + TlsText());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  // Every connection shows its certificate anew: a ticket would outlive what the swarm thinks of
  // it.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (server) SSL_CTX_set_num_tickets(context.get(), 0);
  if (!credentials.own.certificate.empty() && !UseOwn(context.get(), credentials.own)) {
    return Internal("swarm: tls: the node's certificate or key cannot be used: " + TlsText());
  }
  X509_STORE* roots = SSL_CTX_get_cert_store(context.get());
  for (const X509Ptr& root : ReadCertificates(credentials.roots)) {
    if (X509_STORE_add_cert(roots, root.get()) != 1) return Internal("swarm: tls: " + TlsText());
  }
  if (!credentials.roots.empty()) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Result<NodeChannel> NodeChannel::Connect(const std::string& address,
                                         const NodeCredentials& credentials, Deadline deadline) {
  BUOY_ASSIGN(NodeTlsContext context, NewNodeTls(credentials, false));
  BUOY_ASSIGN(Fd fd, Dial(address, deadline));
  NodeChannel channel(std::move(fd));
  BUOY_TRY(channel.Handshake(context.get(), false, deadline));
  return channel;
}

Result<NodeChannel> NodeChannel::Accept(Fd connection, ssl_ctx_st* context, Deadline deadline) {
  NodeChannel channel(std::move(connection));
  BUOY_TRY(channel.Handshake(context, true, deadline));
  return channel;
}

Status NodeChannel::Handshake(ssl_ctx_st* context, bool server, Deadline deadline) {
  ssl_.reset(SSL_new(context));
  if (!ssl_ || SSL_set_fd(ssl_.get(), connection_.get()) != 1) {
    return Internal("swarm: tls: " + TlsText());
  }
  server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
  return Run([](ssl_st* ssl, char*, size_t) { return SSL_do_handshake(ssl); }, nullptr, 0,
             deadline);
}

// One step of OpenSSL to its end, which must be whole: `step` returns 1 then.
Status NodeChannel::Run(int (*step)(ssl_st*, char*, size_t), char* data, size_t size,
                        Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    const int done = step(ssl_.get(), data, size);
    if (done > 0) return Ok();
    const int why = SSL_get_error(ssl_.get(), done);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      const long verified = SSL_get_verify_result(ssl_.get());
      const std::string text = TlsText();
      if (verified == X509_V_OK) {
        return Unreachable("authentication handshake failed: " + text);
      }
      return Unauthorized(
          "rpc error: code = Unavailable desc = connection error: desc = \"transport: "
          "authentication handshake failed: x509: " +
          std::string(X509_verify_cert_error_string(verified)) + "\"");
    }
    if (!WaitFor(connection_.get(), why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return Cancelled("rpc error: code = DeadlineExceeded desc = context deadline exceeded");
    }
  }
}

Status NodeChannel::Send(std::string_view text, Deadline deadline) {
  const uint32_t length = htonl(static_cast<uint32_t>(text.size()));
  std::string frame(reinterpret_cast<const char*>(&length), sizeof length);
  frame += text;
  return Run([](ssl_st* ssl, char* data,
                size_t size) { return SSL_write(ssl, data, static_cast<int>(size)); },
             frame.data(), frame.size(), deadline);
}

Status NodeChannel::ReadAll(char* data, size_t size, Deadline deadline) {
  while (size > 0) {
    const size_t before = size;
    while (SSL_pending(ssl_.get()) > 0 && size > 0) {
      const int got = SSL_read(ssl_.get(), data, static_cast<int>(size));
      if (got <= 0) break;
      data += got;
      size -= static_cast<size_t>(got);
    }
    if (size == 0 || size != before) continue;
    BUOY_TRY(Run([](ssl_st* ssl, char* to, size_t) { return SSL_read(ssl, to, 1); }, data, size,
                 deadline));
    ++data;
    --size;
  }
  return Ok();
}

Result<std::string> NodeChannel::Receive(Deadline deadline) {
  uint32_t length = 0;
  BUOY_TRY(ReadAll(reinterpret_cast<char*>(&length), sizeof length, deadline));
  length = ntohl(length);
  if (length > kMaxFrameBytes) return InvalidArgument("swarm: a frame is too long");
  std::string text(length, '\0');
  BUOY_TRY(ReadAll(text.data(), text.size(), deadline));
  return text;
}

std::string NodeChannel::PeerCertificate() const {
  X509Ptr certificate(SSL_get1_peer_certificate(ssl_.get()));
  return certificate ? CertificatePem(certificate.get()) : "";
}

}  // namespace buoy::swarm
