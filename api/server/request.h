#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "api/http/query.h"
#include "api/server/form.h"
#include "api/server/handover.h"
#include "api/server/http/exchange.h"
#include "api/server/version.h"
#include "common/json/json.h"
#include "common/result/result.h"

namespace buoy::api {

// Whether a Content-Type is JSON's, parameters aside. What is not is read as JSON by no handler.
bool IsJsonType(std::string_view content_type);

// A routed request as a handler sees it: parameters decoded, the answer's shapes at hand.
class ApiRequest : public Handover {
 public:
  // `raw_body`: the body is the handler's, whatever its Content-Type.
  ApiRequest(Exchange& exchange, ApiVersion version, bool raw_body = false)
      : exchange_(exchange), version_(version), raw_body_(raw_body) {}

  // The query, behind the parameters of a form in the body (curl -d); kInvalidArgument on malformed
  // escapes.
  Status ParseForm();

  const RequestHead& head() const { return exchange_.head(); }
  std::string_view header(std::string_view name) const { return head().headers.Get(name); }
  ApiVersion version() const { return version_; }
  bool Before(ApiVersion version) const { return version_ < version; }
  // A {name} of the route's path.
  const std::string& var() const { return var_; }
  void set_var(std::string var) { var_ = std::move(var); }

  const Query& query() const { return query_; }
  std::string Get(std::string_view name) const { return query_.Get(name); }
  bool Bool(std::string_view name) const { return ParseBool(query_.Get(name)); }
  bool BoolOr(std::string_view name, bool fallback) const {
    return query_.Has(name) ? Bool(name) : fallback;
  }
  Result<Filters> filters() const { return ParseFilters(query_.Get("filters")); }

  BodyReader& body() { return exchange_.body(); }
  bool has_body() const { return !exchange_.body().done(); }
  // Refuses a body that is not said to be application/json.
  Status CheckForJson() const;
  // The whole body after CheckForJson(); "" when there is none.
  Result<std::string> JsonText();
  // The decoded body; a default T without one.
  template <class T>
  Result<T> Json() {
    BUOY_ASSIGN(std::string text, JsonText());
    if (text.empty()) return T{};
    Result<T> value = FromJson<T>(text);
    if (!value.ok()) return std::move(value).error().Context("invalid JSON");
    return value;
  }

  // Answers. `text` is compact JSON; a newline follows it, as from Go's encoder.
  Status ReplyJson(int status, std::string text);
  template <class T>
  Status ReplyJsonOf(int status, const T& value) {
    return ReplyJson(status, ToJson(value));
  }
  Status ReplyEmpty(int status);
  Headers& response_headers() { return exchange_.headers(); }
  // Starts a streamed 200 with this content type.
  Result<ByteSink*> StartStream(std::string content_type);
  // A 200, or a streamed answer, has begun: errors can only go into the stream.
  bool started() const { return exchange_.state() != Exchange::State::kOpen; }
  Exchange& exchange() { return exchange_; }

  // Handover.
  Result<TakenStream> Take(StreamKind kind) override;
  Result<ByteSink*> Answer(StreamKind kind) override;
  int client_fd() const override { return exchange_.client_fd(); }
  void FinishAlone() override { exchange_.FinishAlone(); }
  int interrupt_fd() override { return exchange_.interrupt_fd(); }
  void Interrupt(std::string cursor) override { exchange_.Interrupt(std::move(cursor)); }
  const std::optional<std::string>& continued() const override { return exchange_.cursor(); }

 private:
  Result<std::string> FormBody();
  std::string ContentTypeOf(StreamKind kind) const;

  Exchange& exchange_;
  ApiVersion version_;
  bool raw_body_;
  Query query_;
  std::string var_;
};

}  // namespace buoy::api
