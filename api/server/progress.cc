#include "api/server/progress.h"

#include "api/server/status.h"

namespace buoy::api {

Status ProgressStream::Write(const std::string& json_line) {
  if (out_ == nullptr) {
    BUOY_ASSIGN(out_, request_.StartStream("application/json"));
  }
  return out_->Write(json_line + "\r\n");
}

Status ProgressStream::Finish(Status outcome) {
  if (outcome.ok()) {
    // An operation without a word still answers with an empty stream.
    if (out_ == nullptr) BUOY_TRY(request_.StartStream("application/json"));
    return Ok();
  }
  if (out_ == nullptr) return outcome;
  std::string text = JsonQuote(outcome.error().message());
  (void)Write("{\"errorDetail\":{\"message\":" + text + "},\"error\":" + text + "}");
  return Ok();
}

Status ProgressStream::FinishInStream(Status outcome) {
  if (out_ == nullptr) {
    BUOY_ASSIGN(out_, request_.StartStream("application/json"));
  }
  return Finish(std::move(outcome));
}

std::string ProgressStream::StatusLine(const std::string& text) {
  return "{\"status\":" + JsonQuote(text) + "}";
}

}  // namespace buoy::api
