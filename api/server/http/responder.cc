#include "api/server/http/responder.h"

#include <httplib.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>

namespace buoy::api {

namespace {

// What httplib sees of a connection: a head made for it, and a place to write to.
class ExchangeStream : public httplib::Stream {
 public:
  ExchangeStream(const Exchange& exchange, Connection& connection)
      : exchange_(exchange), connection_(connection) {
    // Always GET: httplib refuses methods that it does not know, which is the router's business.
    head_ = exchange.head().minor >= 1 ? "GET / HTTP/1.1\r\n" : "GET / HTTP/1.0\r\n";
    head_ += exchange.close() ? "Connection: close\r\n\r\n" : "\r\n";
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* data, size_t size) override {
    size_t bytes = std::min(size, head_.size() - offset_);
    memcpy(data, head_.data() + offset_, bytes);
    offset_ += bytes;
    return static_cast<ssize_t>(bytes);
  }
  ssize_t write(const char* data, size_t size) override {
    // What the exchange has sent itself, or somebody else's connection, is none of httplib's.
    bool mine = exchange_.state() == Exchange::State::kReplied ||
                exchange_.state() == Exchange::State::kOpen;
    if (mine && !connection_.Write(std::string_view(data, size)).ok()) broken_ = true;
    return broken_ ? -1 : static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // httplib refuses descriptors that do not fit select(); it has no business with ours.
  socket_t socket() const override { return -1; }
  bool broken() const { return broken_; }

 private:
  const Exchange& exchange_;
  Connection& connection_;
  std::string head_;
  size_t offset_ = 0;
  bool broken_ = false;
};

thread_local Exchange* current_exchange = nullptr;

}  // namespace

class Responder::Core : public httplib::Server {
 public:
  explicit Core(Responder::Handler handler)
      : handler_(std::move(handler)), running_(eventfd(0, EFD_CLOEXEC)) {
    svr_sock_ = running_.get();  // httplib takes a server without a socket for one that shuts down
    set_keep_alive_max_count(1u << 20);
    set_keep_alive_timeout(3600);
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      Handle(*current_exchange, response);
      return HandlerResponse::Handled;
    });
  }
  ~Core() override { svr_sock_ = INVALID_SOCKET; }

  bool Process(ExchangeStream& stream, Exchange& exchange) {
    Exchange* outer = std::exchange(current_exchange, &exchange);
    bool closed = false;
    bool ok = process_request(stream, exchange.close(), closed, nullptr);
    current_exchange = outer;
    if (closed) exchange.set_close();
    return ok && !stream.broken();
  }

 private:
  void Handle(Exchange& exchange, httplib::Response& response) {
    bool close_known = exchange.close();
    handler_(exchange);
    if (exchange.state() == Exchange::State::kOpen) exchange.Reply(200, "", "");
    if (exchange.state() != Exchange::State::kReplied) {
      response.status = exchange.status() > 0 ? exchange.status() : 200;
      return;
    }
    exchange.DecideAboutUnreadBody();
    bool empty = exchange.reply_body().empty() || exchange.head().method == "HEAD" ||
                 exchange.status() == 204 || exchange.status() == 304;
    response.status = exchange.status();
    if (empty) {
      // httplib would add a Content-Length to a 204 and ranges to a HEAD.
      exchange.Finish();
      return;
    }
    for (const auto& [name, value] : exchange.headers().fields()) response.set_header(name, value);
    response.set_header("Date", HttpDate());
    if (exchange.close() && !close_known) response.set_header("Connection", "close");
    response.body = std::move(exchange.reply_body());
  }

  Responder::Handler handler_;
  Fd running_;
};

Responder::Responder(Handler handler) : core_(std::make_unique<Core>(std::move(handler))) {}
Responder::~Responder() = default;

bool Responder::Run(Exchange& exchange, Connection& connection) {
  ExchangeStream stream(exchange, connection);
  if (!core_->Process(stream, exchange)) return false;
  switch (exchange.state()) {
    case Exchange::State::kReplied:
    case Exchange::State::kOpen:  // httplib itself refused: its answer is in the buffer
      if (exchange.state() == Exchange::State::kOpen) exchange.set_close();
      return connection.Flush().ok();
    default:
      return exchange.Finish();
  }
}

}  // namespace buoy::api
