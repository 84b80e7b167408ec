#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/distribution/cancel.h"
#include "api/distribution/proxy.h"
#include "api/http/connection.h"
#include "api/http/headers.h"
#include "api/http/url.h"
#include "common/archive/stream.h"
#include "common/result/result.h"

namespace buoy::distribution {

struct HttpOptions {
  std::shared_ptr<api::TlsContext> tls;  // for https; needed there
  ProxySettings proxies;
  std::string user_agent;
};

struct HttpRequest {
  std::string method = "GET";
  api::Url url;
  api::Headers headers = {};
  std::string body = {};
  // Instead of `body`: a body of exactly `upload_size` bytes, read while it is sent.
  ByteSource* upload = nullptr;
  int64_t upload_size = 0;
  // How long to wait for the answer's head, and for more of its body.
  int timeout_ms = 60'000;
};

// An answer under way. Its body ends with an error when the connection breaks.
class HttpResponse : public ByteSource {
 public:
  virtual int status() const = 0;
  virtual const api::Headers& headers() const = 0;
  virtual const api::Url& url() const = 0;
  // Bytes of the body; -1 = not said.
  virtual int64_t length() const = 0;
};

// A small HTTP/1.1 client for registries: connections are kept while it lives (a pull or a push),
// so that an idle daemon holds none and no library for it: libcurl would add 4 MB of resident
// memory to a daemon of 10. Thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options) : options_(std::move(options)) {}

  // One exchange; redirects and authorisation are the caller's. `cancel` (may be null) must
  // outlive the response. Errors are Go's: `Get "https://host/v2/": dial tcp ...`; kCancelled
  // after cancel.
  Result<std::unique_ptr<HttpResponse>> Send(const HttpRequest& request, CancelSource* cancel);

 private:
  class Response;
  struct Idle {
    std::string key;
    std::unique_ptr<api::Connection> connection;
    int64_t since_ms;
  };

  Result<std::unique_ptr<HttpResponse>> Exchange(const HttpRequest& request,
                                                 const std::optional<Proxy>& proxy,
                                                 CancelSource* cancel);
  Result<std::unique_ptr<api::Connection>> Connect(const api::Url& url,
                                                   const std::optional<Proxy>& proxy,
                                                   CancelSource* cancel);
  Status OpenTunnel(api::Connection& connection, const api::Url& url, const Proxy& proxy);
  Result<std::unique_ptr<HttpResponse>> Talk(std::unique_ptr<api::Connection> connection,
                                             const HttpRequest& request,
                                             const std::optional<Proxy>& proxy,
                                             CancelSource* cancel, bool* sent_upload);
  std::string HeadText(const HttpRequest& request, const std::optional<Proxy>& proxy) const;
  std::unique_ptr<api::Connection> TakeIdle(const std::string& key);
  void Keep(std::string key, std::unique_ptr<api::Connection> connection);

  const HttpOptions options_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
};

}  // namespace buoy::distribution
