#include "api/server/authorization.h"

#include <cctype>

#include "api/server/request.h"

namespace buoy::api {
namespace {

// Go's canonical spelling: "content-type" is "Content-Type".
std::string Canonical(std::string_view name) {
  std::string out(name);
  bool first = true;
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(first ? std::toupper(byte) : std::tolower(byte));
    first = c == '-';
  }
  return out;
}

// Without credentials, and without what Go keeps elsewhere.
std::map<std::string, std::string> Shown(const Headers& headers) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : headers.fields()) {
    const std::string key = Canonical(name);
    bool hidden = false;
    for (const char* secret :
         {"Authorization", "X-Registry-Config", "X-Registry-Auth", "Host", "Transfer-Encoding"}) {
      hidden = hidden || key == secret;
    }
    if (!hidden) out[key] = value;
  }
  return out;
}

// ^[^/]*/(v\d[\d.]*/)?auth.*
bool IsAuthPath(std::string_view path) {
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return false;
  path.remove_prefix(slash + 1);
  if (path.starts_with("auth")) return true;
  if (path.size() < 2 || path[0] != 'v' || std::isdigit(static_cast<unsigned char>(path[1])) == 0) {
    return false;
  }
  const size_t end = path.find_first_not_of("0123456789.", 1);
  return end != std::string_view::npos && path.substr(end).starts_with("/auth");
}

}  // namespace

bool ShowsBody(std::string_view path, std::string_view content_type) {
  return !IsAuthPath(path) && IsJsonType(content_type);
}

Status Authorization::CheckRequest() {
  const RequestHead& head = exchange_.head();
  facts_.method = head.method;
  facts_.uri = head.target;
  facts_.headers = Shown(head.headers);
  PeerIdentity peer = exchange_.peer();
  if (!peer.certificates.empty()) {
    facts_.user = std::move(peer.common_name);
    facts_.user_method = "TLS";
    facts_.peer_certificates = std::move(peer.certificates);
  }
  if (ShowsBody(head.path, head.headers.Get("Content-Type"))) {
    BUOY_ASSIGN(std::string_view body, exchange_.body().Peek(kMaxAuthorizedBody + 1));
    if (body.size() > kMaxAuthorizedBody) {
      return Internal("request body too large for authorization plugin: size exceeds " +
                      std::to_string(kMaxAuthorizedBody) + " bytes");
    }
    facts_.body = body;
  }
  BUOY_TRY(backend_.CheckRequest(facts_));
  exchange_.set_guard([this](int status) { return CheckBeginning(status); });
  return Ok();
}

void Authorization::DescribeAnswer(int status) {
  facts_.status = status;
  facts_.answer_headers = Shown(exchange_.headers());
}

Status Authorization::CheckBeginning(int status) {
  DescribeAnswer(status);
  return backend_.CheckAnswer(facts_);
}

Status Authorization::CheckReply() {
  exchange_.set_guard({});
  if (exchange_.state() != Exchange::State::kReplied) return Ok();  // asked when it began
  DescribeAnswer(exchange_.status());
  if (ShowsBody(exchange_.head().path, exchange_.headers().Get("Content-Type"))) {
    facts_.answer = exchange_.reply_body();
  }
  return backend_.CheckAnswer(facts_);
}

void Authorization::ReportFailure() {
  exchange_.set_guard({});
  facts_.status = 0;
  facts_.answer_headers.clear();
  (void)backend_.CheckAnswer(facts_);
}

}  // namespace buoy::api
