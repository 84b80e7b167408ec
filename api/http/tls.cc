#include "api/http/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include <mutex>

namespace buoy::api {

namespace {

// OpenSSL writes with write(2): a peer that has gone must be an error, not a signal.
void IgnoreSigpipe() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    if (sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
      signal(SIGPIPE, SIG_IGN);
    }
  });
}

bool IsIpAddress(const std::string& name) {
  unsigned char buffer[16];
  return inet_pton(AF_INET, name.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, name.c_str(), buffer) == 1;
}

}  // namespace

void SslDeleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void SslDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

std::string TlsErrorText() {
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "connection closed";
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : reason;
}

Result<TlsContext::ContextPtr> TlsContext::Load(const TlsFiles& files, bool is_server) {
  IgnoreSigpipe();
  ContextPtr context(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
  if (context == nullptr) return Internal("tls: " + TlsErrorText());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (!files.cert.empty() || !files.key.empty()) {
    std::string pair =
        "Could not load X509 key pair (cert: \"" + files.cert + "\", key: \"" + files.key + "\"): ";
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return InvalidArgument(pair + TlsErrorText());
    }
  }
  if (!files.ca.empty()) {
    if (SSL_CTX_load_verify_locations(context.get(), files.ca.c_str(), nullptr) != 1) {
      return InvalidArgument("could not read CA certificate \"" + files.ca +
                             "\": " + TlsErrorText());
    }
    if (is_server)
      SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(files.ca.c_str()));
  } else {
    SSL_CTX_set_default_verify_paths(context.get());
  }
  for (const auto& ca : files.more_cas) {
    if (SSL_CTX_load_verify_locations(context.get(), ca.c_str(), nullptr) != 1) {
      return InvalidArgument("could not read CA certificate \"" + ca + "\": " + TlsErrorText());
    }
  }
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::Server(const TlsFiles& files) {
  BUOY_ASSIGN(ContextPtr context, Load(files, true));
  static constexpr unsigned char kSessionId[] = "buoyd";
  SSL_CTX_set_session_id_context(context.get(), kSessionId, sizeof kSessionId - 1);
  if (files.verify) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(context), true, files.verify));
}

Result<std::shared_ptr<TlsContext>> TlsContext::Client(const TlsFiles& files) {
  BUOY_ASSIGN(ContextPtr context, Load(files, false));
  if (files.verify) SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(context), false, files.verify));
}

void TlsContext::Become(const TlsContext& other) {
  std::scoped_lock lock(mutex_, other.mutex_);
  SSL_CTX_up_ref(other.context_.get());
  context_.reset(other.context_.get());
}

Result<SslPtr> TlsContext::NewSession(int fd, const std::string& server_name) const {
  SslPtr ssl;
  {
    std::lock_guard lock(mutex_);
    ssl.reset(SSL_new(context_.get()));
  }
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1) return Internal("tls: " + TlsErrorText());
  if (is_server_) {
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  SSL_set_connect_state(ssl.get());
  bool is_ip = IsIpAddress(server_name);
  if (!is_ip) SSL_set_tlsext_host_name(ssl.get(), server_name.c_str());
  if (verify_) {
    X509_VERIFY_PARAM* param = SSL_get0_param(ssl.get());
    int ok = is_ip ? X509_VERIFY_PARAM_set1_ip_asc(param, server_name.c_str())
                   : X509_VERIFY_PARAM_set1_host(param, server_name.c_str(), 0);
    if (ok != 1) return Internal("tls: " + TlsErrorText());
  }
  return ssl;
}

PeerIdentity PeerOf(ssl_st* ssl) {
  PeerIdentity out;
  const auto add = [&out](X509* certificate) {
    std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    if (memory == nullptr || PEM_write_bio_X509(memory.get(), certificate) != 1) return;
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    out.certificates.emplace_back(data, static_cast<size_t>(size));
  };
  std::unique_ptr<X509, decltype(&X509_free)> own(SSL_get1_peer_certificate(ssl), X509_free);
  if (own == nullptr) return out;
  add(own.get());
  char name[256];
  if (X509_NAME_get_text_by_NID(X509_get_subject_name(own.get()), NID_commonName, name,
                                sizeof name) > 0) {
    out.common_name = name;
  }
  // A server's view of the chain is without the peer's own certificate.
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    X509* certificate = sk_X509_value(chain, i);
    if (X509_cmp(certificate, own.get()) != 0) add(certificate);
  }
  return out;
}

}  // namespace buoy::api
