#include "api/distribution/http_client.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>

#include <cerrno>
#include <chrono>

#include "api/http/body.h"
#include "api/http/dial.h"
#include "api/http/response.h"

namespace buoy::distribution {

namespace {

constexpr int kDialTimeoutMs = 30'000;
constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int64_t kMaxIdleMs = 30'000;
constexpr size_t kMaxIdle = 16;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string PoolKey(const api::Url& url) { return url.scheme + "://" + url.host + ":" + url.port; }

// Go's url.Error: Get "https://host/v2/": cause.
Error Named(const HttpRequest& request, const Error& cause) {
  std::string verb = request.method.substr(0, 1);
  for (char c : request.method.substr(1)) verb += static_cast<char>(std::tolower(c));
  return Error(cause.kind(), verb + " \"" + request.url.String() + "\": " + cause.message(),
               cause.sys_errno());
}

// Why the peer's certificate was refused, in Go's words.
std::string CertificateText(long code, const std::string& host) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "x509: certificate has expired or is not yet valid";
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return "x509: certificate is not valid for " + host;
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "x509: cannot validate certificate for " + host +
             " because it doesn't contain any IP SANs";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "x509: certificate signed by unknown authority";
    default:
      return std::string("x509: ") + X509_verify_cert_error_string(code);
  }
}

Error HandshakeError(const Error& cause, ssl_st* ssl, const api::Url& url) {
  if (cause.sys_errno() == EAGAIN) {
    return Error(ErrorKind::kUnavailable, "net/http: TLS handshake timeout", ETIMEDOUT);
  }
  if (long code = SSL_get_verify_result(ssl); code != X509_V_OK) {
    return Error(ErrorKind::kUnavailable,
                 "tls: failed to verify certificate: " + CertificateText(code, url.host), EPROTO);
  }
  if (cause.message().find("wrong version number") != std::string::npos ||
      cause.message().find("http request") != std::string::npos) {
    return Error(ErrorKind::kUnavailable, "http: server gave HTTP response to HTTPS client",
                 EPROTO);
  }
  return Error(ErrorKind::kUnavailable, cause.message(), cause.sys_errno());
}

Error CancelledError() { return Cancelled("context canceled"); }

// What a broken or silent connection is called: kUnavailable, so that one may try again.
Error Broken(const Error& cause, bool in_body) {
  if (cause.sys_errno() != EAGAIN) return Error(cause).WithKind(ErrorKind::kUnavailable);
  return Error(ErrorKind::kUnavailable,
               in_body ? "i/o timeout" : "net/http: timeout awaiting response headers", ETIMEDOUT);
}

}  // namespace

class HttpClient::Response : public HttpResponse {
 public:
  Response(HttpClient* client, std::unique_ptr<api::Connection> connection,
           const HttpRequest& request, api::ResponseHead head, api::BodyFraming framing,
           CancelSource::Guard guard, CancelSource* cancel, bool keepable)
      : client_(client),
        url_(request.url),
        connection_(std::move(connection)),
        head_(std::move(head)),
        framing_(framing),
        body_(*connection_, framing),
        guard_(std::move(guard)),
        cancel_(cancel),
        keepable_(keepable) {
    body_.set_timeout(request.timeout_ms);
  }
  ~Response() override {
    // A short rest (an error's body) is read away.
    if (keepable_ && !body_.done() && !body_.failed() && framing_.length >= 0) {
      body_.Drain(16 * 1024, 100);
    }
    guard_ = {};
    const bool cancelled = cancel_ != nullptr && cancel_->cancelled();
    if (keepable_ && body_.done() && !cancelled) {
      client_->Keep(PoolKey(url_), std::move(connection_));
    }
  }

  int status() const override { return head_.status; }
  const api::Headers& headers() const override { return head_.headers; }
  const api::Url& url() const override { return url_; }
  int64_t length() const override { return framing_.chunked ? -1 : framing_.length; }
  Result<size_t> Read(std::span<char> buffer) override {
    auto got = body_.Read(buffer);
    if (got.ok()) return got;
    if (cancel_ != nullptr && cancel_->cancelled()) return CancelledError();
    return Broken(got.error(), true);
  }

 private:
  HttpClient* client_;
  const api::Url url_;
  std::unique_ptr<api::Connection> connection_;
  const api::ResponseHead head_;
  const api::BodyFraming framing_;
  api::BodyReader body_;
  CancelSource::Guard guard_;
  CancelSource* cancel_;
  const bool keepable_;
};

std::string HttpClient::HeadText(const HttpRequest& request,
                                 const std::optional<Proxy>& proxy) const {
  api::Headers headers = request.headers;
  headers.Set("Host", request.url.Authority());
  headers.Set("User-Agent", options_.user_agent);
  if (request.upload != nullptr) {
    headers.Set("Content-Length", std::to_string(request.upload_size));
  } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
             request.method == "PATCH") {
    headers.Set("Content-Length", std::to_string(request.body.size()));
  }
  const bool through = proxy && !request.url.is_https();
  if (through && !proxy->authorization.empty()) {
    headers.Set("Proxy-Authorization", proxy->authorization);
  }
  std::string head = request.method + " " +
                     (through ? request.url.String() : request.url.Target()) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers.fields()) {
    if (value.find_first_of("\r\n") == std::string::npos) head += name + ": " + value + "\r\n";
  }
  return head + "\r\n";
}

std::unique_ptr<api::Connection> HttpClient::TakeIdle(const std::string& key) {
  std::lock_guard lock(mutex_);
  const int64_t now = NowMs();
  std::erase_if(idle_, [&](const Idle& idle) { return now - idle.since_ms > kMaxIdleMs; });
  for (size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i].key != key) continue;
    auto connection = std::move(idle_[i].connection);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    // Readable while idle: closed, or an answer that nobody asked for.
    auto readable = api::WaitFor(connection->fd(), POLLIN, 0);
    if (readable.ok() && !*readable) return connection;
  }
  return nullptr;
}

void HttpClient::Keep(std::string key, std::unique_ptr<api::Connection> connection) {
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back({std::move(key), std::move(connection), NowMs()});
}

Status HttpClient::OpenTunnel(api::Connection& connection, const api::Url& url,
                              const Proxy& proxy) {
  std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  std::string target = host + ":" + url.port;
  std::string head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target +
                     "\r\nUser-Agent: " + options_.user_agent + "\r\n";
  if (!proxy.authorization.empty()) head += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  BUOY_TRY(connection.Write(head + "\r\n"));
  BUOY_TRY(connection.Flush());
  auto answer = api::ReadHead(connection, kDialTimeoutMs);
  if (!answer.ok()) return Broken(answer.error(), false).Context("proxyconnect tcp");
  if (answer->status / 100 != 2 || !connection.read_ahead().empty()) {
    return Error(ErrorKind::kUnavailable,
                 answer->reason.empty() ? "proxy refused the connection" : answer->reason);
  }
  return Ok();
}

Result<std::unique_ptr<api::Connection>> HttpClient::Connect(const api::Url& url,
                                                             const std::optional<Proxy>& proxy,
                                                             CancelSource* cancel) {
  const api::Url& peer = proxy ? proxy->url : url;
  auto fd = api::DialTcp(peer.host, peer.port, kDialTimeoutMs,
                         [cancel] { return cancel != nullptr && cancel->cancelled(); });
  if (!fd.ok()) {
    return proxy ? std::move(fd).error().Context("proxyconnect tcp") : std::move(fd).error();
  }
  if (!url.is_https()) return std::make_unique<api::Connection>(*std::move(fd));
  const int raw_fd = fd->get();
  if (proxy) {
    // The tunnel's head is read without a byte too many, so the socket can go on to TLS.
    api::Connection plain(*std::move(fd));
    BUOY_TRY(OpenTunnel(plain, url, *proxy));
    *fd = plain.ReleaseFd();
  }
  if (options_.tls == nullptr) return Internal("no TLS configuration");
  BUOY_ASSIGN(auto ssl, options_.tls->NewSession(raw_fd, url.host));
  ssl_st* raw = ssl.get();
  auto connection = std::make_unique<api::Connection>(*std::move(fd), std::move(ssl));
  CancelSource::Guard guard;
  if (cancel != nullptr) guard = cancel->OnCancel([&connection] { connection->Abort(); });
  auto shaken = connection->Handshake(kHandshakeTimeoutMs);
  if (!shaken.ok()) return HandshakeError(shaken.error(), raw, url);
  return connection;
}

namespace {

Status SendUpload(api::Connection& connection, const HttpRequest& request) {
  std::vector<char> buffer(64 * 1024);
  int64_t left = request.upload_size;
  while (left > 0) {
    const size_t want = static_cast<size_t>(std::min<int64_t>(left, 64 * 1024));
    BUOY_ASSIGN(size_t got, request.upload->Read({buffer.data(), want}));
    if (got == 0) return Internal("the body to send is shorter than its length");
    BUOY_TRY(connection.Write({buffer.data(), got}));
    left -= static_cast<int64_t>(got);
  }
  return connection.Flush();
}

}  // namespace

Result<std::unique_ptr<HttpResponse>> HttpClient::Talk(std::unique_ptr<api::Connection> connection,
                                                       const HttpRequest& request,
                                                       const std::optional<Proxy>& proxy,
                                                       CancelSource* cancel, bool* sent_upload) {
  CancelSource::Guard guard;
  if (cancel != nullptr) guard = cancel->OnCancel([raw = connection.get()] { raw->Abort(); });
  Status sent = connection->Write(HeadText(request, proxy));
  if (sent.ok()) {
    *sent_upload = request.upload != nullptr;
    if (request.upload != nullptr) {
      sent = SendUpload(*connection, request);
    } else {
      sent = connection->Write(request.body);
      if (sent.ok()) sent = connection->Flush();
    }
  }
  if (cancel != nullptr && cancel->cancelled()) return CancelledError();
  // A server that refuses an upload early has answered although the sending failed.
  auto head = api::ReadHead(*connection, request.timeout_ms);
  if (!head.ok()) {
    if (cancel != nullptr && cancel->cancelled()) return CancelledError();
    return sent.ok() ? Broken(head.error(), false) : std::move(sent).error();
  }
  BUOY_ASSIGN(auto framing, api::ResponseFraming(*head, request.method));
  const bool keepable = sent.ok() && !head->headers.HasToken("Connection", "close") &&
                        head->minor >= 1 && (framing.chunked || framing.length >= 0);
  return std::unique_ptr<HttpResponse>(
      std::make_unique<Response>(this, std::move(connection), request, *std::move(head), framing,
                                 std::move(guard), cancel, keepable));
}

Result<std::unique_ptr<HttpResponse>> HttpClient::Exchange(const HttpRequest& request,
                                                           const std::optional<Proxy>& proxy,
                                                           CancelSource* cancel) {
  bool sent_upload = false;
  if (auto kept = TakeIdle(PoolKey(request.url))) {
    auto answer = Talk(std::move(kept), request, proxy, cancel, &sent_upload);
    // The server may have closed the kept connection just now. Asking again is harmless but for
    // what may have been carried out.
    const bool repeatable = request.method == "GET" || request.method == "HEAD";
    const bool cancelled = cancel != nullptr && cancel->cancelled();
    if (answer.ok() || !repeatable || sent_upload || cancelled) return answer;
  }
  BUOY_ASSIGN(auto connection, Connect(request.url, proxy, cancel));
  return Talk(std::move(connection), request, proxy, cancel, &sent_upload);
}

Result<std::unique_ptr<HttpResponse>> HttpClient::Send(const HttpRequest& request,
                                                       CancelSource* cancel) {
  if (cancel != nullptr && cancel->cancelled()) return CancelledError();
  BUOY_ASSIGN(auto proxy, ProxyFor(options_.proxies, request.url));
  auto answer = Exchange(request, proxy, cancel);
  if (answer.ok()) return answer;
  if (cancel != nullptr && cancel->cancelled()) return CancelledError();
  return Named(request, answer.error());
}

}  // namespace buoy::distribution
