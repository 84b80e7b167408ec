#include "api/client/client.h"

#include <mutex>
#include <optional>

#include "api/client/errors.h"
#include "api/client/host.h"
#include "api/client/ssh.h"
#include "api/client/transport.h"
#include "api/server/version.h"

namespace buoy::api {

namespace {

constexpr size_t kMaxReply = 1u << 30;
constexpr size_t kMaxErrorBody = 1u << 20;
constexpr size_t kMaxIdle = 8;
constexpr char kMultiplexed[] = "application/vnd.docker.multiplexed-stream";

}  // namespace

struct Client::Impl {
  Host host;
  std::shared_ptr<TlsContext> tls;
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> idle;
  std::string version;  // negotiated or fixed
  std::optional<PingResult> ping;

  // `program` is what the connection goes through, if anything.
  Result<std::unique_ptr<Connection>> Connect(std::optional<CommandConnection>& program) {
    if (host.command.empty()) return Dial(host, tls.get());
    BUOY_ASSIGN(program, CommandConnection::Start(host.command));
    return std::make_unique<Connection>(program->TakeFd());
  }

  // A kept connection that still stands, or nothing.
  std::unique_ptr<Connection> TakeIdle() {
    std::lock_guard lock(mutex);
    while (!idle.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle.back());
      idle.pop_back();
      // Readable while idle means closed, or an answer that nobody asked for.
      Result<bool> readable = WaitFor(connection->fd(), 1 /* POLLIN */, 0);
      if (readable.ok() && !*readable) return connection;
    }
    return nullptr;
  }
  void Keep(std::unique_ptr<Connection> connection) {
    std::lock_guard lock(mutex);
    if (idle.size() < kMaxIdle) idle.push_back(std::move(connection));
  }
};

namespace {

// An answer under way; gives its connection back when it was read to its end.
class StreamImpl : public ReplyStream {
 public:
  StreamImpl(std::unique_ptr<Connection> connection, ResponseHead head, BodyFraming framing,
             std::function<void(std::unique_ptr<Connection>)> keep)
      : connection_(std::move(connection)),
        head_(std::move(head)),
        framing_(framing),
        body_(*connection_, framing),
        keep_(std::move(keep)) {}
  ~StreamImpl() override {
    bool closes = head_.headers.HasToken("Connection", "close") || head_.minor == 0;
    if (body_.done() && !closes && framing_.length >= (framing_.chunked ? -1 : 0)) {
      keep_(std::move(connection_));
    }
  }

  int status() const override { return head_.status; }
  const Headers& headers() const override { return head_.headers; }
  Result<size_t> Read(std::span<char> buffer) override { return body_.Read(buffer); }
  void Cancel() override { connection_->Abort(); }
  Result<bool> WaitReadable(int timeout_ms) override {
    if (body_.done() || connection_->HasPending()) return true;
    return WaitFor(connection_->fd(), 1 /* POLLIN */, timeout_ms);
  }

 private:
  std::unique_ptr<Connection> connection_;
  ResponseHead head_;
  BodyFraming framing_;
  BodyReader body_;
  std::function<void(std::unique_ptr<Connection>)> keep_;
};

}  // namespace

Client::Client(ClientOptions options, std::unique_ptr<Impl> impl)
    : options_(std::move(options)), impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  auto impl = std::make_unique<Impl>();
  BUOY_ASSIGN(impl->host, ParseHost(options.host));
  impl->version = options.api_version;
  if (impl->version.starts_with('v')) impl->version.erase(0, 1);
  if (options.tls || options.tls_verify) {
    BUOY_ASSIGN(impl->tls, TlsContext::Client({options.ca_file, options.cert_file, options.key_file,
                                               options.tls_verify}));
  }
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(impl)));
}

Result<std::string> Client::VersionedTarget(const Call& call) {
  std::string target;
  if (call.path != "/_ping") {
    BUOY_ASSIGN(std::string version, Version());
    target = "/v" + version;
  }
  target += call.path;
  if (!call.query.empty()) target += "?" + call.query.Encode();
  return target;
}

namespace {

// Sends on a kept connection first; one that the server has closed meanwhile is replaced once, if
// nothing but a repeatable request was lost with it.
template <class Impl>
Result<std::unique_ptr<Connection>> SendCall(Impl& impl, const ClientOptions& options,
                                             const Call& call, const std::string& target,
                                             bool upgrade, ResponseHead& head) {
  if (call.upload == nullptr && !upgrade) {
    if (auto kept = impl.TakeIdle()) {
      RequestWriter writer(*kept, impl.host, options);
      bool sent = writer.Send(call, target, upgrade).ok();
      Result<ResponseHead> answer = ReadHead(*kept);
      if (answer.ok()) {
        head = *std::move(answer);
        return kept;
      }
      // What may have been carried out must not be sent again.
      bool repeatable = call.method == "GET" || call.method == "HEAD";
      if (sent && !repeatable) {
        return ConnectError(answer.error(), options, target, call.method);
      }
    }
  }
  std::optional<CommandConnection> program;
  auto connection = impl.Connect(program);
  if (!connection.ok()) return ConnectError(connection.error(), options, target, call.method);
  RequestWriter writer(**connection, impl.host, options);
  Status sent = writer.Send(call, target, upgrade);
  // A server that refuses an upload early has answered although the sending failed.
  Result<ResponseHead> answer = ReadHead(**connection);
  if (!answer.ok()) {
    Error cause = sent.ok() ? answer.error() : sent.error();
    if (program) {
      connection->reset();
      if (std::string why = program->FailureText(); !why.empty()) cause = Unavailable(why);
    }
    return ConnectError(cause, options, target, call.method);
  }
  if (writer.source_failed()) return std::move(sent).error();
  head = *std::move(answer);
  return std::move(*connection);
}

}  // namespace

Result<std::unique_ptr<ReplyStream>> Client::Open(const Call& call) {
  BUOY_ASSIGN(std::string target, VersionedTarget(call));
  ResponseHead head;
  BUOY_ASSIGN(auto connection, SendCall(*impl_, options_, call, target, false, head));
  BUOY_ASSIGN(BodyFraming framing, ResponseFraming(head, call.method));
  int status = head.status;
  bool json = head.headers.Get("Content-Type").starts_with("application/json");
  bool uploaded = call.upload != nullptr;
  auto stream = std::make_unique<StreamImpl>(
      std::move(connection), std::move(head), framing,
      [impl = impl_.get(), uploaded](std::unique_ptr<Connection> free) {
        // After an upload the server may not have read everything.
        if (!uploaded) impl->Keep(std::move(free));
      });
  if (status < 400) return std::unique_ptr<ReplyStream>(std::move(stream));
  Result<std::string> body = ReadAll(*stream, kMaxErrorBody);
  return ServerError(status, json, body.ok() ? *body : "", call.method, options_.host + target);
}

Result<Reply> Client::Do(const Call& call) {
  BUOY_ASSIGN(auto stream, Open(call));
  Reply reply;
  reply.status = stream->status();
  reply.headers = stream->headers();
  BUOY_ASSIGN(reply.body, ReadAll(*stream, kMaxReply));
  return reply;
}

Result<Reply> Client::Do(std::string method, std::string path, Query query, std::string json) {
  Call call;
  call.method = std::move(method);
  call.path = std::move(path);
  call.query = std::move(query);
  call.json = std::move(json);
  return Do(call);
}

Result<HijackedStream> Client::Hijack(const Call& call) {
  BUOY_ASSIGN(std::string target, VersionedTarget(call));
  ResponseHead head;
  BUOY_ASSIGN(auto connection, SendCall(*impl_, options_, call, target, true, head));
  if (head.status >= 400) {
    BUOY_ASSIGN(BodyFraming framing, ResponseFraming(head, call.method));
    BodyReader reader(*connection, framing);
    Result<std::string> body = ReadAll(reader, kMaxErrorBody);
    bool json = head.headers.Get("Content-Type").starts_with("application/json");
    return ServerError(head.status, json, body.ok() ? *body : "", call.method,
                       options_.host + target);
  }
  HijackedStream stream;
  stream.status = head.status;
  stream.headers = head.headers;
  stream.multiplexed = head.headers.Get("Content-Type") == kMultiplexed;
  if (head.status != 101 && head.status != 200) {
    return Internal("unable to upgrade to tcp, received " + std::to_string(head.status));
  }
  BUOY_ASSIGN(stream.fd, DetachConnection(std::move(connection), stream.leftover));
  return stream;
}

Result<Fd> Client::DialRaw() {
  std::optional<CommandConnection> program;
  BUOY_ASSIGN(auto connection, impl_->Connect(program));
  std::string nothing;
  return DetachConnection(std::move(connection), nothing);
}

Result<PingResult> Client::Ping() {
  BUOY_ASSIGN(Reply reply, Do("GET", "/_ping"));
  PingResult ping;
  ping.api_version = reply.headers.Get("Api-Version");
  ping.os_type = reply.headers.Get("Ostype");
  ping.experimental = reply.headers.Get("Docker-Experimental") == "true";
  ping.builder_version = reply.headers.Get("Builder-Version");
  ping.swarm = reply.headers.Get("Swarm");
  return ping;
}

Result<PingResult> Client::ping() {
  {
    std::lock_guard lock(impl_->mutex);
    if (impl_->ping) return *impl_->ping;
  }
  BUOY_ASSIGN(PingResult ping, Ping());
  std::lock_guard lock(impl_->mutex);
  impl_->ping = ping;
  return ping;
}

Result<std::string> Client::Version() {
  {
    std::lock_guard lock(impl_->mutex);
    if (!impl_->version.empty()) return impl_->version;
  }
  BUOY_ASSIGN(PingResult ping, this->ping());
  // A daemon that does not tell its version is older than the header.
  ApiVersion theirs =
      ping.api_version.empty() ? kMinApiVersion : ApiVersion::Parse(ping.api_version);
  std::string version = std::min(theirs, kMaxApiVersion).Text();
  std::lock_guard lock(impl_->mutex);
  impl_->version = version;
  return version;
}

}  // namespace buoy::api
